import { Command } from 'commander';
import { waiversSchema } from '../billing-api.ts';
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

export const waiverCommand = (context: Context): Command =>
  new Command('waiver')
    .description('list prices that are not collected, and on what ground')
    .addCommand(list(context))
    .addCommand(add(context))
    .addCommand(endCommand(context, 'waiver'));

const list = (context: Context): Command =>
  new Command('list')
    .description('list the waivers')
    .addOption(outputOption('table', 'json'))
    .action(async ({ output }: { output: string }) => {
      const waivers = await context.billing().get('/waivers', waiversSchema);
      context.printRows(output, waivers, [
        ...pricingColumns,
        { title: 'legal ground', value: ({ legalGround }) => `${legalGround.ja} / ${legalGround.en}` },
      ]);
    });

const add = (context: Context): Command =>
  withPricingOptions(new Command('add').argument('<id>', 'a name that statements can quote'))
    .description('record a waiver')
    .requiredOption('--ground-ja <text>', 'its legal ground, in Japanese')
    .requiredOption('--ground-en <text>', 'its legal ground, in English')
    .addOption(dryRunOption())
    .action(async (id: string, options: PricingOptions & { groundJa: string; groundEn: string }) => {
      const waiver = { ...pricingBody(id, options), legalGround: { ja: options.groundJa, en: options.groundEn } };
      if (options.dryRun) return context.printUnsent(waiver);
      await context.billing().post('/waivers', waiver, acknowledgedSchema);
      context.note(`The waiver ${id} is recorded.`);
    });
