import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { z } from 'zod';
import type { BillingPeriod } from '@kakunin/calendar';
import type { Context } from '../context.ts';
import { outputOption, parsePeriod } from '../options.ts';
import { priceBookCommands, type PriceKind } from '../price-book.ts';
import { tariffSchema } from '../prices-api.ts';
import { type Column, groupDigits, renderTable } from '../table.ts';
import {
  type Tariff,
  TARIFF_NEEDS,
  tariffBody,
  tariffColumns,
  type TariffOptions,
  withTariffOptions,
} from './tariff.ts';

const integer = z.string().regex(/^-?\d+$/);
const resaleSchema = z.object({
  state: z.string(),
  statements: z.array(
    z.object({
      customer: z.string(),
      totals: z.object({ quantity: integer, passThrough: integer, margin: integer, amountDue: integer }),
    }),
  ),
});
type Row = z.infer<typeof resaleSchema>['statements'][number];

const resaleTariff: PriceKind<Tariff, TariffOptions> = {
  noun: 'tariff',
  path: '/resale/tariffs',
  client: (context) => context.billingForPlatformProvider(),
  schema: tariffSchema,
  columns: tariffColumns,
  withOptions: (command) =>
    withTariffOptions(command.option('--customer <code>', 'only for this service provider of yours')),
  needs: TARIFF_NEEDS,
  bodyOf: tariffBody,
};

export const resaleCommand = (context: Context): Command =>
  new Command('resale')
    .description('what a PF provider bills its own service providers: the fee passed through, and its margin')
    .addCommand(show(context))
    .addCommand(tariff(context));

function tariff(context: Context): Command {
  const command = new Command('tariff').description('margins, which nobody else sees');
  for (const child of priceBookCommands(context, resaleTariff)) command.addCommand(child);
  return command;
}

const show = (context: Context): Command =>
  new Command('show')
    .description('a month by service provider: fee passed through, margin, due')
    .argument('<period>', 'month in Japan, such as 2026-10', parsePeriod)
    .addOption(outputOption('table', 'json', 'csv'))
    .action(async (period: BillingPeriod, { output }: { output: string }) => {
      const client = context.billingForPlatformProvider();
      if (output === 'table') {
        const { state, statements } = await client.get(`/resale/${period}`, resaleSchema);
        context.print(`${period} (${state}), yen before tax / 税抜、円\n${renderTable(statements, COLUMNS)}`);
        return;
      }
      const answer = await client.download(`/resale/${period}?format=${output}`);
      await pipeline(answer, context.terminal.stdout, { end: false });
    });

const figure = (title: string, value: (row: Row) => string): Column<Row> => ({
  title,
  value: (row) => groupDigits(value(row)),
  align: 'right',
});

const COLUMNS: readonly Column<Row>[] = [
  { title: 'サービス提供者 service provider', value: ({ customer }) => customer },
  figure('件数 checks', ({ totals }) => totals.quantity),
  figure('手数料 pass-through', ({ totals }) => totals.passThrough),
  figure('上乗せ margin', ({ totals }) => totals.margin),
  figure('請求額 due', ({ totals }) => totals.amountDue),
];
