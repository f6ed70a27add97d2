import { Command } from 'commander';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { priceBookCommands, type PriceKind } from '../price-book.ts';
import { waiverSchema } from '../prices-api.ts';
import { pricingBody, type PricingOptions, withDays, withUsageOptions } from '../pricing-options.ts';

interface WaiverOptions extends PricingOptions {
  readonly groundJa?: string;
  readonly groundEn?: string;
}

const waiverKind: PriceKind<z.infer<typeof waiverSchema>, WaiverOptions> = {
  noun: 'waiver',
  path: '/waivers',
  client: (context) => context.billing(),
  schema: waiverSchema,
  columns: [{ title: 'legal ground', value: ({ legalGround }) => `${legalGround.ja} / ${legalGround.en}` }],
  withOptions: (command) =>
    withDays(withUsageOptions(command))
      .option('--customer <code>', 'only for this PF provider')
      .option('--service-provider <code>', 'only for this service provider of the customer')
      .option('--ground-ja <text>', 'its legal ground, in Japanese')
      .option('--ground-en <text>', 'its legal ground, in English'),
  needs: { validFrom: '--from', legalGround: '--ground-ja and --ground-en' },
  bodyOf: ({ groundJa, groundEn, ...options }) => ({
    ...pricingBody(options),
    ...((groundJa !== undefined || groundEn !== undefined) && { legalGround: { ja: groundJa, en: groundEn } }),
  }),
};

export function waiverCommand(context: Context): Command {
  const waiver = new Command('waiver').description('prices that are not collected, and on what ground');
  for (const command of priceBookCommands(context, waiverKind)) waiver.addCommand(command);
  return waiver;
}
