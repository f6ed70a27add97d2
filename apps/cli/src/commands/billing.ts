import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { type BillingPeriod, formatJst } from '@kakunin/calendar';
import { type BillingExport, billingExportSchema, type ExportLine } from '../billing-api.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { parsePeriod } from '../options.ts';
import { type Column, groupDigits, renderTable } from '../table.ts';
import { closeCommand } from './close.ts';
import { creditNoteCommand } from './credit-note.ts';
import { producersCommand } from './producers.ts';
import { reconcileCommand } from './reconcile.ts';
import { simulateCommand } from './simulate.ts';
import { statementCommand, statementsCommand } from './statements.ts';
import { digestKeyCommand } from './digest-key.ts';

export const billingCommand = (context: Context): Command =>
  new Command('billing')
    .description('what is charged')
    .addCommand(exportPeriod(context))
    .addCommand(simulateCommand(context))
    .addCommand(closeCommand(context))
    .addCommand(statementsCommand(context))
    .addCommand(statementCommand(context))
    .addCommand(creditNoteCommand(context))
    .addCommand(reconcileCommand(context))
    .addCommand(producersCommand(context))
    .addCommand(digestKeyCommand(context));

const exportPeriod = (context: Context): Command =>
  new Command('export')
    .description('the checks of a month, priced: list price, waiver, amount due')
    .argument('<period>', 'month in Japan, such as 2026-10', parsePeriod)
    .addOption(
      new Option('--format <format>', 'table to read; csv and json as the meter exports them')
        .choices(['table', 'csv', 'json'])
        .default('table'),
    )
    .action(async (period: BillingPeriod, { format }: { format: 'table' | 'csv' | 'json' }) => {
      if (format !== 'table') return download(context, `/billing/${period}?format=${format}`);
      context.print(renderExport(await context.billing().get(`/billing/${period}?format=json`, billingExportSchema)));
    });

async function download(context: Context, path: string): Promise<void> {
  const body = await context.billing().download(path);
  try {
    await pipeline(body, context.terminal.stdout, { end: false });
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new CliError('unreachable', `The export broke off (${reason}): what was printed is not complete.`, { cause });
  }
}

const yen = (title: string, value: (row: ExportLine) => string): Column<ExportLine> => ({
  title,
  value: (row) => groupDigits(value(row)),
  align: 'right',
});

const COLUMNS: readonly Column<ExportLine>[] = [
  { title: 'customer', value: ({ customer }) => customer },
  { title: 'service provider', value: ({ serviceProvider }) => serviceProvider },
  { title: 'class', value: ({ certificateClass }) => certificateClass },
  { title: 'carrier', value: ({ carrier }) => carrier },
  { title: 'channel', value: ({ channel }) => channel },
  { title: 'purpose', value: ({ purpose }) => purpose },
  yen('quantity', ({ quantity }) => quantity),
  yen('unit price', ({ unitPrice }) => unitPrice),
  yen('list', ({ listAmount }) => listAmount),
  yen('waiver', ({ waiverAmount }) => waiverAmount),
  yen('due', ({ amountDue }) => amountDue),
];

const NO_LINE = { serviceProvider: '', certificateClass: '', carrier: '', channel: '', purpose: '', unitPrice: '' };

/** Amounts in yen. A month that is not over is said to be open: its figures still grow. */
export function renderExport({ period, state, asOf, statements, totals }: BillingExport): string {
  const rows: ExportLine[] = [
    ...statements.flatMap(({ lines }) => lines),
    ...(statements.length > 0 ? [{ ...NO_LINE, customer: 'total', ...totals }] : []),
  ];
  const counted = asOf === null ? 'nothing counted yet' : `counted until ${formatJst(Date.parse(asOf))}`;
  return `${period} (${state}), ${counted}, amounts in yen\n${renderTable(rows, COLUMNS)}`;
}
