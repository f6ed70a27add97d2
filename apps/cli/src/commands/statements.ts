import { Command } from 'commander';
import { type BillingPeriod, formatJst } from '@kakunin/calendar';
import {
  type Statement,
  type StatementLine,
  statementsSchema,
  statementSchema,
  type StatementSummary,
} from '../closing-api.ts';
import type { Context } from '../context.ts';
import { outputOption, parsePeriod } from '../options.ts';
import { type Column, groupDigits, renderTable } from '../table.ts';

const PAGE = 1_000;

export const statementsCommand = (context: Context): Command =>
  new Command('statements')
    .description('the closed statements')
    .option('--period <period>', 'of one month', parsePeriod)
    .option('--customer <code>', 'of one customer')
    .addOption(outputOption('table', 'json'))
    .action(async ({ period, customer, output }: { period?: BillingPeriod; customer?: string; output: string }) => {
      const query = new URLSearchParams({ ...(period && { period }), ...(customer && { customer }), limit: `${PAGE}` });
      const statements: StatementSummary[] = [];
      for (let next: string | undefined = ''; next !== undefined;) {
        if (next !== '') query.set('cursor', next);
        const page = await context.billing().get(`/statements?${query}`, statementsSchema);
        statements.push(...page.items);
        next = page.next;
      }
      context.printRows(output, statements, SUMMARY);
    });

export const statementCommand = (context: Context): Command =>
  new Command('statement')
    .description('one closed statement, with its lines')
    .argument('<period>', 'month in Japan, such as 2026-10', parsePeriod)
    .argument('<customer>', 'code of the platform provider')
    .addOption(outputOption('table', 'json'))
    .action(async (period: BillingPeriod, customer: string, { output }: { output: string }) => {
      const path = `/statements/${period}/${encodeURIComponent(customer)}?limit=${PAGE}`;
      const statement = await context.billing().get(path, statementSchema);
      const items = [...statement.items];
      for (let { next } = statement; next !== undefined;) {
        const page: Statement = await context.billing().get(`${path}&cursor=${next}`, statementSchema);
        items.push(...page.items);
        next = page.next;
      }
      const { next: _next, ...whole } = { ...statement, items };
      if (output === 'json') context.printJson(whole);
      else context.print(renderStatement({ ...whole }));
    });

const right = <Row>(title: string, value: (row: Row) => string): Column<Row> => ({
  title,
  value: (row) => groupDigits(value(row)),
  align: 'right',
});

const SUMMARY: readonly Column<StatementSummary>[] = [
  { title: '月 period', value: ({ period }) => period },
  { title: '顧客 customer', value: ({ customer }) => customer },
  { title: '番号 number', value: ({ number }) => number },
  { title: '締め日時 closed', value: ({ closedAt }) => formatJst(closedAt) },
  right('件数 checks', ({ quantity }) => quantity),
  right('税抜 due', ({ amountDue }) => amountDue),
  right('消費税 tax', ({ taxAmount }) => taxAmount),
  right('税込 total', ({ amountWithTax }) => amountWithTax),
  { title: 'sha-256', value: ({ contentHash }) => contentHash.slice(0, 16) },
];

const LINES: readonly Column<StatementLine>[] = [
  right('行 line', ({ ordinal }) => `${ordinal}`),
  { title: '利用月 month', value: ({ usagePeriod }) => usagePeriod },
  { title: 'サービス提供者 service provider', value: ({ serviceProvider }) => serviceProvider },
  { title: '種別 kind', value: ({ kind }) => kind },
  {
    title: '対象 what',
    value: ({ certificateClass, carrier, channel, purpose, tier }) =>
      [certificateClass, carrier, channel, purpose, tier && `tier ${tier}`].filter(Boolean).join(' '),
  },
  right('件数 checks', ({ quantity }) => quantity),
  right('単価 price', ({ unitPrice = '' }) => unitPrice),
  right('定価 list', ({ listAmount }) => listAmount),
  right('減免 waived', ({ waiverAmount }) => waiverAmount),
  right('税抜 due', ({ amountDue }) => amountDue),
  { title: '根拠 rests on', value: ({ tariffId, waiverId }) => [tariffId, waiverId].filter(Boolean).join(' ') },
];

function renderStatement({ period, number, recipient, closedAt, totals, tax, ...rest }: Statement): string {
  const credit = rest.creditNotes.length > 0 ? `返還 credit notes: ${rest.creditNotes.join(' ')}\n` : '';
  return [
    `${period}  ${number}  ${recipient.name}  ${formatJst(closedAt)}\n`,
    `税抜 due ${groupDigits(totals.amountDue)}  消費税 tax ${groupDigits(tax.taxAmount)}  `,
    `税込 total ${groupDigits(tax.amountWithTax)} 円 (yen)\n`,
    `SHA-256 ${rest.contentHash}\n${credit}`,
    renderTable(rest.items, LINES),
  ].join('');
}
