import { Command } from 'commander';
import type { BillingPeriod } from '@kakunin/calendar';
import { EXIT } from '../cli-error.ts';
import { type Reconciliation, reconciliationSchema, recountProgressSchema } from '../closing-api.ts';
import type { Context } from '../context.ts';
import { outputOption, parsePeriod } from '../options.ts';
import { streamedResult } from '../streamed-result.ts';
import { type Column, groupDigits, renderTable } from '../table.ts';

export const reconcileCommand = (context: Context): Command =>
  new Command('reconcile')
    .description('hold journals, counts, ledgers and statements of a month against each other')
    .argument('<period>', 'month in Japan, such as 2026-10', parsePeriod)
    .option('--deep', 'read every raw record again, and count it again')
    .addOption(outputOption('table', 'json'))
    .action(async (period: BillingPeriod, { deep, output }: { deep?: boolean; output: string }) => {
      const found = await (deep ? readDeep(context, period) : read(context, period));
      if (output === 'json') context.printJson(found);
      else context.print(renderReconciliation(found));
      if (found.differences.length > 0) context.exitCode = EXIT.failed;
    });

const read = (context: Context, period: BillingPeriod): Promise<Reconciliation> =>
  context.billing().get(`/reconciliation/${period}`, reconciliationSchema);

function readDeep(context: Context, period: BillingPeriod): Promise<Reconciliation> {
  const start = context.terminal.clock.now();
  let shown = start;
  return streamedResult(context, {
    path: `/reconciliation/${period}?deep=true`,
    progress: recountProgressSchema,
    result: reconciliationSchema,
    brokenOff: 'The reconciliation broke off: nothing is known of what it would have found.',
    onProgress: ({ segments, ofSegments, records }) => {
      const now = context.terminal.clock.now();
      if (now - shown < 1_000 && segments < ofSegments) return;
      shown = now;
      const seconds = Math.max((now - start) / 1_000, 0.001);
      const left = segments > 0 ? Math.ceil(((ofSegments - segments) * seconds) / segments) : 0;
      const rate = `${groupDigits(Math.round(records / seconds))}/s`;
      context.note(
        `${groupDigits(segments)} / ${groupDigits(ofSegments)} segments, ${groupDigits(records)} records, ${rate}, ${left} s left`,
      );
    },
  });
}

type Day = Reconciliation['days'][number];
type Difference = Reconciliation['differences'][number];
type Late = Reconciliation['late'][number];

const right = <Row>(title: string, value: (row: Row) => string | undefined): Column<Row> => ({
  title,
  value: (row) => groupDigits(value(row) ?? ''),
  align: 'right',
});

const DAYS: readonly Column<Day>[] = [
  { title: '記録元 producer', value: ({ producer }) => producer },
  { title: '日 day', value: ({ day }) => day },
  right('原本 archived', ({ archived }) => archived),
  right('集計 counted', ({ counted }) => counted),
  right('台帳 leaves', ({ leaves }) => leaves),
  right('課金対象 chargeable', ({ chargeable }) => chargeable),
  right('請求済み billed', ({ billed }) => billed),
];

const CUSTOMERS: readonly Column<Reconciliation['customers'][number]>[] = [
  { title: '顧客 customer', value: ({ customer }) => customer },
  right('課金対象 chargeable', ({ chargeable }) => chargeable),
  right('請求済み billed', ({ billed }) => billed),
];

const DIFFERENCES: readonly Column<Difference>[] = [
  { title: '不一致 difference', value: ({ kind }) => `${KINDS[kind] ?? ''} ${kind}`.trim() },
  {
    title: '記録元 producer',
    value: ({ producer = '', sequence }) => (sequence ? `${producer}/${sequence}` : producer),
  },
  { title: '顧客 customer', value: ({ customer = '' }) => customer },
  { title: '日 day', value: ({ day = '' }) => day },
  right('あるべき数 expected', ({ expected }) => expected),
  right('実際 found', ({ found }) => found),
];

const KINDS: Readonly<Record<string, string>> = {
  segments_missing: 'セグメント欠落',
  records_not_counted: '未集計の記録',
  usage_differs: '集計の食い違い',
  chargeable_differs: '課金対象の食い違い',
  ledger_differs: '台帳の食い違い',
  ledger_behind: '台帳の遅れ',
  statement_differs: '請求の食い違い',
  statement_lines_differ: '請求明細の食い違い',
  archive_damaged: '原本の破損',
  archive_differs: '原本との食い違い',
  archive_chargeable_differs: '原本との課金対象の食い違い',
};

const LATE: readonly Column<Late>[] = [
  { title: '記録元 producer', value: ({ producer }) => producer },
  { title: '日 day', value: ({ day }) => day },
  { title: '顧客 customer', value: ({ customer }) => customer },
  right('課金対象 chargeable', ({ chargeable }) => chargeable),
  right('請求済み billed', ({ billed }) => billed),
];

function renderReconciliation({ period, days, customers, differences, late }: Reconciliation): string {
  const verdict =
    differences.length === 0 ? '一致しています / everything agrees' : `不一致 ${differences.length} 件 / differences`;
  return [
    `${period}  ${verdict}\n\n${renderTable(days, DAYS)}\n${renderTable(customers, CUSTOMERS)}`,
    differences.length > 0 ? `\n${renderTable(differences, DIFFERENCES)}` : '',
    late.length > 0
      ? `\n締め後に届いた利用（次の請求書へ） / late usage, on the next statement\n${renderTable(late, LATE)}`
      : '',
  ].join('');
}
