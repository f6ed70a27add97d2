import { Command, Option } from 'commander';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { priceBookCommands, type PriceKind } from '../price-book.ts';
import { parseYen, TAX_CATEGORIES } from '../price-options.ts';
import { commitmentSchema } from '../prices-api.ts';
import { pricingBody, type PricingOptions, withDays } from '../pricing-options.ts';
import { groupDigits } from '../table.ts';

interface CommitmentOptions extends Pick<PricingOptions, 'customer' | 'from' | 'to'> {
  readonly minimum?: string;
  readonly cap?: string;
  readonly taxCategory?: string;
}

const commitmentKind: PriceKind<z.infer<typeof commitmentSchema>, CommitmentOptions> = {
  noun: 'commitment',
  path: '/commitments',
  client: (context) => context.billing(),
  schema: commitmentSchema,
  columns: [
    { title: 'kind', value: ({ kind }) => kind },
    { title: 'yen a month', value: ({ amount }) => groupDigits(amount), align: 'right' },
    { title: 'tax', value: ({ taxCategory }) => taxCategory },
  ],
  withOptions: (command) =>
    withDays(command)
      .option('--customer <code>', 'only for this PF provider (default: for each)')
      .addOption(new Option('--minimum <yen>', 'what a month costs at least').argParser(parseYen).conflicts('cap'))
      .addOption(new Option('--cap <yen>', 'what a month costs at most').argParser(parseYen))
      .addOption(
        new Option('--tax-category <category>', 'what it counts and is: only of this category').choices(TAX_CATEGORIES),
      ),
  needs: { validFrom: '--from', amount: '--minimum or --cap', taxCategory: '--tax-category' },
  bodyOf: ({ minimum, cap, taxCategory, ...options }) => ({
    ...pricingBody(options),
    ...(minimum !== undefined && { kind: 'minimum', amount: minimum }),
    ...(cap !== undefined && { kind: 'cap', amount: cap }),
    ...(taxCategory && { taxCategory }),
  }),
};

export function commitmentCommand(context: Context): Command {
  const commitment = new Command('commitment').description('what a customer pays for a month at least, or at most');
  for (const command of priceBookCommands(context, commitmentKind)) commitment.addCommand(command);
  return commitment;
}
