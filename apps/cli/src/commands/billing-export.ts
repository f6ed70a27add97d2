import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { type BillingPeriod, formatJst } from '@kakunin/calendar';
import { z } from 'zod';
import { type BillingExport, billingExportSchema, closedExportSchema, type ExportLine } from '../billing-api.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { parseInstant, parsePeriod } from '../options.ts';
import { progress } from '../progress.ts';
import { streamedResult } from '../streamed-result.ts';
import { type Column, groupDigits, renderTable } from '../table.ts';

const FORMATS = ['table', 'csv', 'json', 'focus', 'ndjson'] as const;
interface ExportOptions {
  readonly format: (typeof FORMATS)[number];
  readonly events?: true;
  readonly after?: string;
  readonly until?: number;
  readonly proof?: 'sha256' | 'sig';
}

export const exportCommand = (context: Context): Command =>
  new Command('export')
    .description('a month: what it costs, line by line; with --events the usage records themselves')
    .argument('<period>', 'month in Japan, such as 2026-10', parsePeriod)
    .addOption(
      new Option('--format <format>', 'table to read; csv, json and focus (closed months) as the meter exports them')
        .choices(FORMATS)
        .default('table'),
    )
    .option('--events', 'the usage records, as csv or ndjson')
    .option('--after <segment>', 'with --events: go on behind <producer>/<sequence>, where a download broke off')
    .option('--until <instant>', 'with --events: as it was counted by then, whatever comes late', parseInstant)
    .addOption(
      new Option(
        '--proof <proof>',
        'of a closed month: not the file, but its hash or its detached signature; with --events the signature is of the hash, octet for octet as sha256 prints it',
      ).choices(['sha256', 'sig']),
    )
    .action((period: BillingPeriod, options: ExportOptions) =>
      options.events ? exportEvents(context, period, options) : exportMonth(context, period, options),
    );

type DocumentArguments = [
  period: BillingPeriod,
  customer: string,
  name: string,
  given: { readonly creditNote?: string; readonly buyer?: string },
];

export const documentCommand = (context: Context): Command =>
  new Command('document')
    .description('a document of a closed statement: invoice.pdf, invoice.xml, statement.json, lines.csv, focus.csv')
    .argument('<period>', 'month in Japan, such as 2026-10', parsePeriod)
    .argument('<customer>', 'code of the platform provider')
    .argument('<document>', 'its name; with .sha256 or .sig behind it, its hash or its detached signature')
    .option('--credit-note <number>', 'of this credit note: credit-note.pdf, credit-note.xml, credit-note.json, …')
    .option('--buyer <address>', 'for .xml: where the buyer is reached in the Peppol network, 0188:…')
    .action((...[period, customer, name, given]: DocumentArguments) => {
      const note = given.creditNote === undefined ? [] : ['credit-notes', given.creditNote];
      const path = ['statements', period, customer, ...note, name].map(encodeURIComponent).join('/');
      return download(context, `/${path}${given.buyer ? `?${new URLSearchParams({ buyer: given.buyer })}` : ''}`);
    });

function exportMonth(
  context: Context,
  period: BillingPeriod,
  { format, after, until, proof }: ExportOptions,
): Promise<void> {
  if (format === 'ndjson' || after !== undefined || until !== undefined)
    throw new CliError('usage', 'That is for --events.');
  if (format === 'table' && proof) throw new CliError('usage', 'A proof is of --format csv, json or focus.');
  if (format !== 'table')
    return download(context, `/billing/${period}?format=${format}${proof ? `&proof=${proof}` : ''}`);
  return printMonth(context, period);
}

async function printMonth(context: Context, period: BillingPeriod): Promise<void> {
  const schema = z.union([billingExportSchema, closedExportSchema.transform(openedUp)]);
  context.print(renderExport(await context.billing().get(`/billing/${period}?format=json`, schema)));
}

/** The statements of a closed month as those of any other. */
function openedUp({ statements, ...head }: z.infer<typeof closedExportSchema>): BillingExport {
  const contents = statements.map(({ content }) => content);
  const sum = (name: keyof BillingExport['totals']): string =>
    contents.reduce((total, { totals }) => total + BigInt(totals[name]), 0n).toString();
  const totals = {
    quantity: sum('quantity'),
    listAmount: sum('listAmount'),
    waiverAmount: sum('waiverAmount'),
    amountDue: sum('amountDue'),
  };
  return { ...head, statements: contents, totals };
}

async function exportEvents(context: Context, period: BillingPeriod, options: ExportOptions): Promise<void> {
  const { format, after, until, proof } = options;
  if (format === 'json' || format === 'focus') throw new CliError('usage', 'Usage records are csv or ndjson.');
  if (proof && after !== undefined) throw new CliError('usage', 'A proof is of the whole file.');
  const query = new URLSearchParams({
    format: format === 'table' ? 'csv' : format,
    ...(after && { after }),
    ...(until !== undefined && { until: `${until}` }),
  });
  if (proof) return proveEvents(context, `/billing/${period}/records/proof?${query}`, proof);
  const { body, headers } = await context.billing().open(`/billing/${period}/records?${query}`);
  const records = Number(headers['kakunin-record-count'] ?? 0);
  // From the middle on nobody knows how many are left.
  const totalLines = after === undefined && records > 0 ? records : undefined;
  await print(context, body, progress(context.terminal, { verb: 'read', totalLines }));
}

async function proveEvents(context: Context, path: string, proof: 'sha256' | 'sig'): Promise<void> {
  const { clock, stdout } = context.terminal;
  let shown = clock.now();
  const { checksum, signature } = await streamedResult(context, {
    path,
    progress: z.object({ bytes: z.number() }),
    result: z.object({ checksum: z.string(), signature: z.base64() }),
    brokenOff: 'The proof broke off.',
    onProgress: ({ bytes }) => {
      if (clock.now() - shown < 1_000) return;
      shown = clock.now();
      context.note(`${groupDigits(bytes)} octets read`);
    },
  });
  stdout.write(proof === 'sha256' ? checksum : Buffer.from(signature, 'base64'));
}

const download = async (context: Context, path: string): Promise<void> =>
  print(context, await context.billing().download(path));

async function print(context: Context, body: Readable, through?: Transform): Promise<void> {
  const { stdout } = context.terminal;
  try {
    await (through ? pipeline(body, through, stdout, { end: false }) : pipeline(body, stdout, { end: false }));
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new CliError('unreachable', `The export broke off (${reason}): what was printed is not complete.`, { cause });
  }
}

const text = (title: string, value: (row: ExportLine) => string | undefined): Column<ExportLine> => ({
  title,
  value: (row) => value(row) ?? '',
});

const yen = (title: string, value: (row: ExportLine) => string | undefined): Column<ExportLine> => ({
  title,
  value: (row) => groupDigits(value(row) ?? ''),
  align: 'right',
});

const COLUMNS: readonly Column<ExportLine>[] = [
  text('customer', ({ customer }) => customer),
  text('service provider', ({ serviceProvider }) => serviceProvider),
  text('class', ({ certificateClass }) => certificateClass),
  text('carrier', ({ carrier }) => carrier),
  text('channel', ({ channel }) => channel),
  text('purpose', ({ purpose }) => purpose),
  yen('quantity', ({ quantity }) => quantity),
  yen('unit price', ({ unitPrice }) => unitPrice),
  yen('list', ({ listAmount }) => listAmount),
  yen('waiver', ({ waiverAmount }) => waiverAmount),
  yen('due', ({ amountDue }) => amountDue),
  text('month', ({ usagePeriod }) => usagePeriod),
  text('kind', ({ kind }) => kind),
];

const NO_LINE = { serviceProvider: '', usagePeriod: '', kind: '' };

/** Amounts in yen, before tax. A month that is not over is said to be open: its figures still grow. */
export function renderExport({ period, state, asOf, statements, totals }: BillingExport): string {
  const rows: ExportLine[] = [
    ...statements.flatMap(({ lines }) => lines),
    ...(statements.length > 0 ? [{ ...NO_LINE, customer: 'total', ...totals }] : []),
  ];
  const counted = asOf === null ? 'nothing counted yet' : `counted until ${formatJst(Date.parse(asOf))}`;
  return `${period} (${state}), ${counted}, amounts in yen\n${renderTable(rows, COLUMNS)}`;
}
