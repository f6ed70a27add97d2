import { Command, Option } from 'commander';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { describePrice, priceOf, type PriceOptions, TAX_CATEGORIES, withPriceOptions } from '../price-options.ts';
import { priceBookCommands, type PriceKind } from '../price-book.ts';
import { tariffSchema } from '../prices-api.ts';
import type { Column } from '../table.ts';
import { pricingBody, type PricingOptions, withDays, withUsageOptions } from '../pricing-options.ts';

export type Tariff = z.infer<typeof tariffSchema>;

export type TariffOptions = PricingOptions & PriceOptions & { readonly taxCategory?: string };

export const tariffColumns: readonly Column<Tariff>[] = [
  { title: 'yen a check', value: ({ price }) => describePrice(price) },
  { title: 'tax', value: ({ taxCategory }) => taxCategory },
];

export const TARIFF_NEEDS = {
  validFrom: '--from',
  price: '--unit-price or --tiers',
  taxCategory: '--tax-category',
};

const tariffKind: PriceKind<Tariff, TariffOptions> = {
  noun: 'tariff',
  path: '/tariffs',
  client: (context) => context.billing(),
  schema: tariffSchema,
  columns: tariffColumns,
  withOptions: (command) =>
    withTariffOptions(
      command
        .option('--customer <code>', 'only for this PF provider')
        .option('--service-provider <code>', 'only for this service provider of the customer'),
    ),
  needs: TARIFF_NEEDS,
  bodyOf: tariffBody,
};

export const withTariffOptions = (command: Command): Command =>
  withPriceOptions(withDays(withUsageOptions(command))).addOption(
    new Option('--tax-category <category>', 'non_taxable: 非課税, out_of_scope: 不課税').choices(TAX_CATEGORIES),
  );

export function tariffBody({ taxCategory, ...options }: TariffOptions): object {
  const price = priceOf(options);
  return { ...pricingBody(options), ...(price && { price }), ...(taxCategory && { taxCategory }) };
}

export function tariffCommand(context: Context): Command {
  const tariff = new Command('tariff').description('prices');
  for (const command of priceBookCommands(context, tariffKind)) tariff.addCommand(command);
  return tariff;
}
