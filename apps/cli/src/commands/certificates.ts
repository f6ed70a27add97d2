import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Command, Option } from 'commander';
import { checkList, type ListFormat } from '../check-list.ts';
import { CliError, EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { dryRunOption, outputOption } from '../options.ts';
import { progress } from '../progress.ts';
import { type ImportSummary, importSummarySchema } from '../registry-api.ts';
import { groupDigits, renderTable } from '../table.ts';

export const certificatesCommand = (context: Context): Command =>
  new Command('certificates').description('many certificates at once').addCommand(importList(context));

interface ImportOptions {
  authority: string;
  format: ListFormat;
  output: string;
  dryRun?: boolean;
}

const importList = (context: Context): Command =>
  new Command('import')
    .description("import an authority's list; lines that cannot be read are named, the others are imported")
    .argument('<file>', 'the list, `-` for stdin')
    .requiredOption('--authority <id>', 'whose certificates they are')
    .addOption(
      new Option('--format <format>', "OpenSSL's index.txt, or CSV with a header")
        .choices(['index.txt', 'csv'])
        .default('index.txt'),
    )
    .addOption(outputOption('table', 'json'))
    .addOption(dryRunOption())
    .action(async (file: string, options: ImportOptions) => {
      const { text, size } = open(context, file);
      const lines = text.pipe(progress(context.terminal, { verb: options.dryRun ? 'read' : 'sent', totalBytes: size }));
      text.on('error', (error) => lines.destroy(error));
      const summary = options.dryRun ? await checkList(lines, options.format) : await send(context, lines, options);
      if (options.output === 'json') context.printJson(summary);
      else context.print(renderSummary(summary, options.dryRun === true));
      if (summary.rejected > 0) context.exitCode = EXIT.failed;
    });

function open(context: Context, file: string): { text: Readable; size?: number } {
  if (file === '-') return { text: context.terminal.stdin };
  const path = context.path(file);
  try {
    const found = statSync(path);
    if (found.isDirectory()) throw new Error('it is a folder, not a list');
    const { size } = found;
    return { text: createReadStream(path, { highWaterMark: 256 * 1024 }), size };
  } catch (cause) {
    throw new CliError('usage', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function send(context: Context, lines: Readable, { authority, format }: ImportOptions): Promise<ImportSummary> {
  const path = `/authorities/${encodeURIComponent(authority)}/certificates/import?format=${format}`;
  return context.registry().upload(path, lines, importSummarySchema);
}

function renderSummary({ imported, unchanged, rejected, errors }: ImportSummary, dryRun: boolean): string {
  const rows = [
    [dryRun ? 'readable' : 'imported', imported],
    ['unchanged', unchanged],
    ['rejected', rejected],
  ] as const;
  const counts = renderTable(rows, [
    { title: 'lines', value: ([name]) => name },
    { title: 'count', value: ([, count]) => groupDigits(count), align: 'right' },
  ]);
  if (rejected === 0) return counts;
  const reasons = renderTable(errors, [
    { title: 'line', value: ({ line }) => String(line), align: 'right' },
    { title: 'reason', value: ({ reason }) => reason },
  ]);
  const more = rejected > errors.length ? `… and ${groupDigits(rejected - errors.length)} more\n` : '';
  return `${counts}\n${reasons}${more}`;
}
