import { Command, Option } from 'commander';
import { jstDateOf } from '@kakunin/calendar';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, PURPOSES } from '@kakunin/usage';
import type { Scope } from './billing-api.ts';
import type { Context } from './context.ts';
import { dryRunOption, parseJstDay } from './options.ts';
import { acknowledgedSchema } from './registry-api.ts';
import type { Column } from './table.ts';

/** Options that tariffs and waivers share: for which usage, and for which days in Japan. */
export interface PricingOptions {
  readonly class?: NonNullable<Scope['certificateClass']>;
  readonly carrier?: NonNullable<Scope['carrier']>;
  readonly channel?: NonNullable<Scope['channel']>;
  readonly purpose?: NonNullable<Scope['purpose']>;
  readonly customer?: string;
  readonly from: number;
  readonly to?: number;
  readonly dryRun?: boolean;
}

export const withPricingOptions = (command: Command): Command =>
  command
    .addOption(new Option('--class <class>', 'only for this class (default: all)').choices(CERTIFICATE_CLASSES))
    .addOption(new Option('--carrier <carrier>', 'only for this carrier').choices(CARRIERS))
    .addOption(new Option('--channel <channel>', 'only for this channel').choices(CHANNELS))
    .addOption(new Option('--purpose <purpose>', 'only for this purpose').choices(PURPOSES))
    .option('--customer <code>', 'only for this PF provider')
    .requiredOption('--from <day>', 'first day in Japan', parseJstDay)
    .option(
      '--to <day>',
      'first day in Japan on which it no longer holds (default: until further notice)',
      parseJstDay,
    );

export const pricingBody = (id: string, options: PricingOptions) => ({
  id,
  scope: {
    ...(options.class && { certificateClass: options.class }),
    ...(options.carrier && { carrier: options.carrier }),
    ...(options.channel && { channel: options.channel }),
    ...(options.purpose && { purpose: options.purpose }),
    ...(options.customer && { customer: options.customer }),
  },
  validFrom: options.from,
  ...(options.to !== undefined && { validTo: options.to }),
});

interface Priced {
  readonly id: string;
  readonly scope: Scope;
  readonly validFrom: number;
  readonly validTo?: number | undefined;
}

export const pricingColumns: readonly Column<Priced>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'for', value: ({ scope }) => Object.values(scope).join(' ') || 'everything' },
  { title: 'from (JST)', value: ({ validFrom }) => jstDateOf(validFrom) },
  { title: 'to before', value: ({ validTo }) => (validTo === undefined ? '' : jstDateOf(validTo)) },
];

/** Ending one on a day to come keeps the price of what was used until then. */
export const endCommand = (context: Context, noun: 'tariff' | 'waiver'): Command =>
  new Command('end')
    .description(`let a ${noun} end`)
    .argument('<id>', `the ${noun}`)
    .requiredOption('--to <day>', 'first day in Japan on which it no longer holds', parseJstDay)
    .addOption(dryRunOption())
    .action(async (id: string, { to, dryRun }: { to: number; dryRun?: boolean }) => {
      if (dryRun) return context.note(`Would end the ${noun} ${id} before ${jstDateOf(to)}. Nothing was sent.`);
      await context.billing().post(`/${noun}s/${encodeURIComponent(id)}/end`, { validTo: to }, acknowledgedSchema);
      context.note(`The ${noun} ${id} ends before ${jstDateOf(to)}.`);
    });
