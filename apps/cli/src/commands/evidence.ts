import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { formatJst } from '@kakunin/calendar';
import { z } from 'zod';
import { readCertificate } from '../certificate-file.ts';
import { CliError, EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { fileFault } from '../file-fault.ts';
import { outputOption, parseInstant } from '../options.ts';
import { groupDigits, renderTable } from '../table.ts';

const findingSchema = z.object({ finding: z.string(), key: z.string() });
const summarySchema = z.object({
  authorityId: z.string(),
  series: z.number(),
  records: z.number(),
  bundles: z.number(),
  faults: z.number(),
  heads: z.record(z.string(), z.string()),
});
type Summary = z.infer<typeof summarySchema>;

export const evidenceCommand = (context: Context): Command =>
  new Command('evidence')
    .description('what was public about a certificate at a past moment, and whether the archive of it is whole')
    .addCommand(get(context))
    .addCommand(audit(context));

interface GetOptions {
  readonly at: number;
  readonly authority?: string;
  readonly output: string;
}

const get = (context: Context): Command =>
  new Command('get')
    .description('the CRL that was in force then, an OCSP answer, the chain, and how to verify them, as a ZIP file')
    .argument('<certificate>', 'the certificate, PEM or DER, `-` for stdin')
    .requiredOption('--at <moment>', 'such as 2026-11-01T00:00:00+09:00, or a day in Japan', parseInstant)
    .option('--authority <id>', 'the authority that issued it, where that is to be made sure')
    .requiredOption('-o, --output <file>', 'where to put the ZIP file, `-` for stdout')
    .action(async (name: string, { at, authority, output }: GetOptions) => {
      const certificate = (await readCertificate(context, name)).raw.toString('base64');
      const question = { certificate, at: new Date(at).toISOString(), ...(authority && { authority }) };
      await write(context, output, await context.publisher().download('/evidence', question));
      context.note(`Evidence of ${formatJst(at)}. Its README.txt says how to verify it.`);
    });

async function write(context: Context, output: string, zip: NodeJS.ReadableStream): Promise<void> {
  const file = context.path(output);
  const isFile = output !== '-';
  try {
    if (isFile) await pipeline(zip, createWriteStream(file));
    else await pipeline(zip, context.terminal.stdout, { end: false });
  } catch (cause) {
    // Half a ZIP file is no evidence.
    if (isFile) await rm(file, { force: true });
    const fault = fileFault(cause);
    if (fault) throw new CliError('usage', `${output} cannot be written: ${fault}.`, { cause });
    throw new CliError('unreachable', `The evidence was not received whole: ${(cause as Error).message}`, { cause });
  }
}

const audit = (context: Context): Command =>
  new Command('audit')
    .description('re-read the whole archive of an authority: what is missing or altered? Exit 1 when anything is')
    .requiredOption('--authority <id>', 'the authority')
    .addOption(outputOption('table', 'json'))
    .action(async ({ authority, output }: { authority: string; output: string }) => {
      const query = new URLSearchParams({ authority });
      const body = await context.publisher().download(`/evidence/audit?${query}`);
      let summary: Summary | undefined;
      for await (const line of createInterface({ input: body })) {
        const value: unknown = JSON.parse(line);
        summary = summarySchema.safeParse(value).data;
        if (output === 'json') context.print(`${line}\n`);
        else if (!summary) printFinding(context, value);
      }
      if (!summary) throw new CliError('unreachable', 'The audit broke off: what was printed is not complete.');
      if (output === 'table') context.print(textOf(summary));
      if (summary.faults > 0) context.exitCode = EXIT.failed;
    });

function printFinding(context: Context, value: unknown): void {
  const { finding, key } = findingSchema.parse(value);
  context.print(`${finding.replaceAll('_', ' ')}: ${key}\n`);
}

function textOf({ series, records, bundles, faults, heads }: Summary): string {
  const rows = [
    ['series', groupDigits(series)],
    ['records', groupDigits(records)],
    ['kept evidence', groupDigits(bundles)],
    ['missing or altered', groupDigits(faults)],
    ...Object.entries(heads).map(([crl, sha256]) => [`newest of ${crl}`, sha256]),
  ];
  return renderTable(rows, [
    { title: 'archive', value: ([name = '']) => name },
    { title: 'found', value: ([, value = '']) => value },
  ]);
}
