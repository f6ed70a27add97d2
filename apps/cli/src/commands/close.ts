import { Command } from 'commander';
import { type BillingPeriod, formatJst } from '@kakunin/calendar';
import { EXIT } from '../cli-error.ts';
import { type Blocker, type Closing, type ClosingRow, closingSchema } from '../closing-api.ts';
import type { Context } from '../context.ts';
import { dryRunOption, outputOption, parsePeriod } from '../options.ts';
import { type Column, groupDigits, renderTable } from '../table.ts';

export const closeCommand = (context: Context): Command =>
  new Command('close')
    .description('close a month for good: a statement for each customer; it goes on by itself until all are closed')
    .argument('<period>', 'month in Japan, such as 2026-10', parsePeriod)
    .option('--prices-of-now', 'a month that is closing takes the prices as known now, for what is not closed yet')
    .addOption(dryRunOption())
    .addOption(outputOption('table', 'json'))
    .action(async (period: BillingPeriod, { dryRun = false, pricesOfNow = false, output }: CloseOptions) => {
      const body = { dryRun, ...(pricesOfNow && { pricesOfNow }) };
      const closing = await context.billing().post(`/billing/${period}/close`, body, closingSchema);
      if (output === 'json') context.printJson(closing);
      else context.print(renderClosing(closing));
      if (blockersOf(closing).length > 0) context.exitCode = EXIT.failed;
      if (dryRun) context.note('試算のみです。何も締めていません。 / A dry run: nothing was closed.');
      else if (closing.state === 'closing')
        context.note(
          '締め処理中です。同じ命令で進み具合が見られます。 / It is closing; the same command shows how far it is.',
        );
    });

interface CloseOptions {
  readonly dryRun?: boolean;
  readonly pricesOfNow?: boolean;
  readonly output: string;
}

const STATES = { open: '未締め / open', closing: '締め処理中 / closing', closed: '締め済み / closed' } as const;

const yen = (title: string, value: (row: ClosingRow) => string | undefined): Column<ClosingRow> => ({
  title,
  value: (row) => groupDigits(value(row) ?? ''),
  align: 'right',
});

const COLUMNS: readonly Column<ClosingRow>[] = [
  { title: '顧客 customer', value: ({ customer, name }) => (name === customer ? name : `${customer} ${name}`.trim()) },
  { title: '状態 state', value: ({ state }) => (state in STATES ? STATES[state as keyof typeof STATES] : state) },
  { title: '請求書番号 number', value: ({ number = '' }) => number },
  yen('件数 checks', ({ quantity }) => quantity),
  yen('定価 list', ({ listAmount }) => listAmount),
  yen('減免 waived', ({ waiverAmount }) => waiverAmount),
  yen('税抜 due', ({ amountDue }) => amountDue),
  yen('消費税 tax', ({ taxAmount }) => taxAmount),
  yen('税込 total', ({ amountWithTax }) => amountWithTax),
  { title: '遅れて届いた月 late', value: ({ lateMonths = [] }) => lateMonths.join(' ') },
];

const blockersOf = ({ blockers, statements }: Closing): readonly Blocker[] => [
  ...blockers,
  ...statements.flatMap((statement) => statement.blockers),
];

/** For an office: Japanese first. Amounts in yen. */
function renderClosing(closing: Closing): string {
  const { period, state, pricesKnownAt, closedAt, statements, totals } = closing;
  const total: ClosingRow = { customer: '合計 total', name: '', state: '', ...totals, blockers: [] };
  const rows = statements.length > 0 ? [...statements, total] : [];
  const prices = pricesKnownAt === undefined ? '' : `、料金は ${formatJst(pricesKnownAt)} 現在 (prices as known then)`;
  const at = closedAt === undefined ? '' : ` ${formatJst(closedAt)}`;
  const head = `${period}  ${STATES[state]}${at}${prices}、単位 円 (yen)\n`;
  const waits = blockersOf(closing).flatMap(({ advice }) => [`- ${advice.ja}\n`, `  ${advice.en}\n`]);
  const reasons = waits.length > 0 ? ['\n締められない理由 / what it waits for:\n', ...waits] : [];
  return [head, renderTable(rows, COLUMNS), ...reasons].join('');
}
