import { Command, InvalidArgumentError } from 'commander';
import { tariffsSchema } from '../billing-api.ts';
import type { Context } from '../context.ts';
import { dryRunOption, outputOption } from '../options.ts';
import {
  endCommand,
  pricingBody,
  pricingColumns,
  type PricingOptions,
  withPricingOptions,
} from '../pricing-options.ts';
import { acknowledgedSchema } from '../registry-api.ts';
import { groupDigits } from '../table.ts';

export const tariffCommand = (context: Context): Command =>
  new Command('tariff')
    .description('list prices')
    .addCommand(list(context))
    .addCommand(add(context))
    .addCommand(endCommand(context, 'tariff'));

const list = (context: Context): Command =>
  new Command('list')
    .description('list the tariffs')
    .addOption(outputOption('table', 'json'))
    .action(async ({ output }: { output: string }) => {
      const tariffs = await context.billing().get('/tariffs', tariffsSchema);
      context.printRows(output, tariffs, [
        ...pricingColumns,
        { title: 'yen a check', value: ({ unitPrice }) => groupDigits(unitPrice), align: 'right' },
      ]);
    });

const add = (context: Context): Command =>
  withPricingOptions(new Command('add').argument('<id>', 'a name that statements can quote'))
    .description('record a tariff; it may not overlap another of the same scope')
    .requiredOption('--unit-price <yen>', 'whole yen a check', parseYen)
    .addOption(dryRunOption())
    .action(async (id: string, options: PricingOptions & { unitPrice: string }) => {
      const tariff = { ...pricingBody(id, options), unitPrice: options.unitPrice };
      if (options.dryRun) return context.printUnsent(tariff);
      await context.billing().post('/tariffs', tariff, acknowledgedSchema);
      context.note(`The tariff ${id} is recorded.`);
    });

function parseYen(text: string): string {
  if (/^(0|[1-9]\d{0,11})$/.test(text)) return text;
  throw new InvalidArgumentError('Whole yen, such as 20.');
}
