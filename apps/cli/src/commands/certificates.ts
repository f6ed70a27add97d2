import { CARRIERS, type Carrier } from '@kakunin/usage';
import { formatJst } from '@kakunin/calendar';
import { Command, Option } from 'commander';
import type { z } from 'zod';
import { checkList, type ListFormat as CheckedFormat } from '../check-list.ts';
import { CliError, EXIT } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { type ListFile, openList } from '../list-file.ts';
import { dryRunOption, outputOption } from '../options.ts';
import { progress } from '../progress.ts';
import { type ImportSummary, importStateSchema } from '../registry-api.ts';
import { sendList } from '../send-list.ts';
import { type Column, groupDigits, renderTable } from '../table.ts';

export const certificatesCommand = (context: Context): Command =>
  new Command('certificates')
    .description('many certificates at once')
    .addCommand(importList(context))
    .addCommand(imported(context));

/** Rejected lines on a screen; in JSON 1,000, in a report all. */
const MOST_SHOWN = 100;
const FORMATS = ['index.txt', 'csv', 'ndjson', 'crl', 'certificates'] as const;

interface ImportOptions {
  authority: string;
  format: (typeof FORMATS)[number];
  carrier?: Carrier;
  partition?: string;
  importId?: string;
  report?: string;
  output: string;
  dryRun?: boolean;
}

const importList = (context: Context): Command =>
  new Command('import')
    .description("import an authority's list; lines that cannot be taken are named, the others are imported")
    .argument('<file>', 'the list, `-` for stdin; for certificates also a folder')
    .requiredOption('--authority <id>', 'whose certificates they are')
    .addOption(
      new Option(
        '--format <format>',
        "OpenSSL's index.txt, CSV with a header, NDJSON, a CRL or certificates (both PEM or DER)",
      )
        .choices(FORMATS)
        .default('index.txt'),
    )
    .addOption(new Option('--carrier <carrier>', 'of certificates: what they lie on (default: card)').choices(CARRIERS))
    .option('--partition <partition>', 'of certificates: the part of the CRL that lists them')
    .option(
      '--import-id <id>',
      'under which the list, sent again, goes on where it was interrupted (default: SHA-256 of the file)',
    )
    .option('--report <file>', 'where all rejected lines go, as NDJSON')
    .addOption(outputOption('table', 'json'))
    .addOption(dryRunOption())
    .action(async (file: string, options: ImportOptions) => {
      const list = await openList(context, file, options.format);
      const verb = options.dryRun ? 'read' : 'sent';
      const octets = list.octets.pipe(progress(context.terminal, { verb, totalBytes: list.size }));
      list.octets.on('error', (error) => octets.destroy(error));
      const summary = options.dryRun
        ? await checkList(octets, checkedFormat(options.format))
        : await send(context, { ...list, octets }, options);
      if (options.output === 'json') context.printJson(summary);
      else context.print(renderSummary(summary, options.dryRun === true));
      if (summary.rejected > MOST_SHOWN && !options.report && !options.dryRun)
        context.note('--report FILE takes all of them.');
      if (isNothingOf(summary)) context.note(`No line is one of ${options.format}: --format says what a list is.`);
      if (summary.rejected > 0) context.exitCode = EXIT.failed;
    });

const isNothingOf = ({ imported, unchanged, rejected, errors }: ImportSummary): boolean =>
  imported + unchanged === 0 && rejected > 1 && errors.every(({ reason }) => reason === errors[0]?.reason);

function checkedFormat(format: ImportOptions['format']): CheckedFormat {
  if (format === 'index.txt' || format === 'csv') return format;
  throw new CliError('usage', 'A dry run reads index.txt and CSV; the registry alone can judge the others.');
}

function send(context: Context, { octets, hash }: ListFile, options: ImportOptions): Promise<ImportSummary> {
  const { authority, format, carrier, partition, report, importId = hash } = options;
  const query = new URLSearchParams({
    format,
    ...(carrier && { carrier }),
    ...(partition !== undefined && { partition }),
    ...(importId !== undefined && { importId }),
  });
  const path = `/authorities/${encodeURIComponent(authority)}/certificates/import?${query}`;
  return sendList(context, { path, octets, report, isResumable: importId !== undefined || format === 'crl' });
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
  const shown = errors.slice(0, MOST_SHOWN);
  const reasons = renderTable(shown, [
    { title: 'line', value: ({ line }) => String(line), align: 'right' },
    { title: 'reason', value: ({ reason }) => reason },
  ]);
  const more = rejected > shown.length ? `… and ${groupDigits(rejected - shown.length)} more\n` : '';
  return `${counts}\n${reasons}${more}`;
}

const IMPORT_COLUMNS: readonly Column<z.output<typeof importStateSchema>>[] = [
  { title: 'format', value: ({ format }) => format },
  { title: 'line', value: ({ line }) => groupDigits(line), align: 'right' },
  { title: 'imported', value: (state) => groupDigits(state.imported), align: 'right' },
  { title: 'unchanged', value: ({ unchanged }) => groupDigits(unchanged), align: 'right' },
  { title: 'rejected', value: ({ rejected }) => groupDigits(rejected), align: 'right' },
  { title: 'begun', value: ({ begunAt }) => formatJst(begunAt) },
  { title: 'completed', value: ({ completedAt }) => (completedAt === null ? '' : formatJst(completedAt)) },
];

const imported = (context: Context): Command =>
  new Command('imported')
    .description('say how far a list was taken; exit 1 while it is not complete')
    .argument('<import id>', 'as it was sent; of a file without one its SHA-256, of a CRL that of its DER')
    .requiredOption('--authority <id>', 'whose certificates they are')
    .addOption(outputOption('table', 'json'))
    .action(async (importId: string, { authority, output }: { authority: string; output: string }) => {
      const path = `/authorities/${encodeURIComponent(authority)}/imports/${encodeURIComponent(importId)}`;
      const state = await context.registry().get(path, importStateSchema);
      if (output === 'json') context.printJson(state);
      else context.printRows(output, [state], IMPORT_COLUMNS);
      if (state.completedAt === null) context.exitCode = EXIT.failed;
    });
