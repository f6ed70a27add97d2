import { type Commitment, type Price, PriceList, type Tariff, type Waiver } from '@kakunin/billing';
import type { PublishedPrices } from './types.ts';

/** Whole yen and quantities are decimal strings in JSON. */
const AMOUNTS: ReadonlySet<string> = new Set(['unitPrice', 'upTo', 'amount']);

/** @throws TypeError for what is no price; BillingError for prices that contradict each other */
export const readPrices = ({ tariffs, waivers, commitments }: PublishedPrices): PriceList =>
  new PriceList(
    tariffs.map((entry) => withAmounts(entry) as Tariff & { price: Price }),
    waivers.map((entry) => withAmounts(entry) as Waiver),
    commitments.map((entry) => withAmounts(entry) as Commitment),
  );

const withAmounts = (entry: unknown): unknown =>
  JSON.parse(JSON.stringify(entry), (name, value: unknown) => {
    if (!AMOUNTS.has(name)) return value;
    if (typeof value === 'string' && /^\d{1,18}$/.test(value)) return BigInt(value);
    throw new TypeError(`A published price has no whole ${name}.`);
  });
