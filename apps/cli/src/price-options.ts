import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError } from './cli-error.ts';
import type { Price } from './prices-api.ts';
import { groupDigits } from './table.ts';

export const TAX_CATEGORIES = ['standard', 'reduced', 'non_taxable', 'out_of_scope'] as const;

/** Options that say how quantities become yen; none of them: the price stays. */
export interface PriceOptions {
  readonly unitPrice?: string;
  readonly firstCheck?: 'month' | 'year';
  readonly tiers?: string;
  readonly volume?: boolean;
  readonly pooled?: boolean;
}

export const withPriceOptions = (command: Command): Command =>
  command
    .option('--unit-price <yen>', 'whole yen a check; with --first-check, of the first one', parseYen)
    .addOption(
      new Option('--first-check <period>', 'only the first check of a certificate in a calendar period costs').choices([
        'month',
        'year',
      ]),
    )
    .option('--tiers <tiers>', 'such as 1000:20,5000:15,7: up to the 1,000th check 20 yen, … then 7 yen')
    .option('--volume', 'all checks cost what the tier of the last one says, not each its own')
    .option('--pooled', '乗合い: the service providers of a customer fill the tiers together');

/** @throws CliError `usage` when options contradict each other */
export function priceOf({ unitPrice, firstCheck, tiers, volume, pooled }: PriceOptions): Price | undefined {
  if (tiers !== undefined && unitPrice === undefined && firstCheck === undefined) {
    return { kind: volume ? 'volume' : 'graduated', tiers: parseTiers(tiers), ...(pooled && { pooled }) };
  }
  const isTiered = tiers !== undefined || volume || pooled;
  if (unitPrice !== undefined && !isTiered) {
    return firstCheck ? { kind: 'first_check', per: firstCheck, unitPrice } : { kind: 'unit', unitPrice };
  }
  if (!isTiered && firstCheck === undefined) return undefined;
  throw new CliError(
    'usage',
    'A price is --unit-price, --unit-price with --first-check, or --tiers with --volume or --pooled as needed.',
  );
}

export function parseYen(text: string): string {
  if (/^(0|[1-9]\d{0,11})$/.test(text)) return text;
  throw new InvalidArgumentError('Whole yen, such as 20.');
}

function parseTiers(text: string): { upTo?: string; unitPrice: string }[] {
  const tiers = text.split(',');
  return tiers.map((tier, index) => {
    const [, upTo, unitPrice] = /^(?:([1-9]\d{0,17}):)?(0|[1-9]\d{0,11})$/.exec(tier) ?? [];
    if (unitPrice === undefined || (upTo === undefined) !== (index === tiers.length - 1)) {
      throw new CliError('usage', 'Tiers are such as 1000:20,5000:15,7: only the last has no end.');
    }
    return { ...(upTo !== undefined && { upTo }), unitPrice };
  });
}

/** For tables: `20`, `first of a month 20`, `graduated ≤1,000 20, then 7`. */
export function describePrice(price: Price): string {
  if (price.kind === 'unit') return groupDigits(price.unitPrice);
  if (price.kind === 'first_check') return `first of a ${price.per} ${groupDigits(price.unitPrice)}`;
  const tiers = price.tiers.map(
    ({ upTo, unitPrice }) => `${upTo === undefined ? 'then' : `≤${groupDigits(upTo)}`} ${groupDigits(unitPrice)}`,
  );
  return `${price.kind}${price.pooled ? ', pooled' : ''} ${tiers.join(', ')}`;
}
