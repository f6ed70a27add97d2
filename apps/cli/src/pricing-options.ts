import { type Command, Option } from 'commander';
import { jstDateOf } from '@kakunin/calendar';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, PURPOSES } from '@kakunin/usage';
import { parseJstDay } from './options.ts';
import type { Entry, Scope } from './prices-api.ts';
import type { Column } from './table.ts';

/** Options that entries of a price book share: for which usage, and for which days in Japan. */
export interface PricingOptions {
  readonly class?: NonNullable<Scope['certificateClass']>;
  readonly carrier?: NonNullable<Scope['carrier']>;
  readonly channel?: NonNullable<Scope['channel']>;
  readonly purpose?: NonNullable<Scope['purpose']>;
  readonly customer?: string;
  readonly serviceProvider?: string;
  readonly from?: number;
  readonly to?: number;
}

export const withUsageOptions = (command: Command): Command =>
  command
    .addOption(new Option('--class <class>', 'only for this class (default: all)').choices(CERTIFICATE_CLASSES))
    .addOption(new Option('--carrier <carrier>', 'only for this carrier').choices(CARRIERS))
    .addOption(new Option('--channel <channel>', 'only for this channel').choices(CHANNELS))
    .addOption(new Option('--purpose <purpose>', 'only for this purpose').choices(PURPOSES));

export const withDays = (command: Command): Command =>
  command
    .option('--from <day>', 'first day in Japan', parseJstDay)
    .option(
      '--to <day>',
      'first day in Japan on which it no longer holds (default: until further notice)',
      parseJstDay,
    );

/** What the options say, and nothing of what they leave open. */
export function pricingBody(options: PricingOptions): { scope?: Scope; validFrom?: number; validTo?: number } {
  const scope: Scope = {
    ...(options.class && { certificateClass: options.class }),
    ...(options.carrier && { carrier: options.carrier }),
    ...(options.channel && { channel: options.channel }),
    ...(options.purpose && { purpose: options.purpose }),
    ...(options.customer && { customer: options.customer }),
    ...(options.serviceProvider && { serviceProvider: options.serviceProvider }),
  };
  return {
    ...(Object.keys(scope).length > 0 && { scope }),
    ...(options.from !== undefined && { validFrom: options.from }),
    ...(options.to !== undefined && { validTo: options.to }),
  };
}

export const pricingColumns: readonly Column<Entry>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'for', value: ({ scope }) => Object.values(scope).join(' ') || 'everything' },
  { title: 'from (JST)', value: ({ validFrom }) => jstDateOf(validFrom) },
  { title: 'to before', value: ({ validTo }) => (validTo === undefined ? '' : jstDateOf(validTo)) },
];
