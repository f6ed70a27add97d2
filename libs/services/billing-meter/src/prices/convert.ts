import type { Tariff } from '@kakunin/billing';
import { relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, PURPOSES } from '@kakunin/usage';
import { z } from 'zod';
import { unitPriceOf, unitTariff } from './unit-tariff.ts';

/** Epoch milliseconds of a midnight in Asia/Tokyo; the price list refuses other instants. */
const day = z.int().nonnegative().describe('Epoch milliseconds of a midnight in Asia/Tokyo.');

export const entryIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .describe('Shown on statements; never used twice.');

const scopeSchema = z
  .strictObject({
    customer: relyingPartyCodeSchema.exactOptional(),
    certificateClass: z.enum(CERTIFICATE_CLASSES).exactOptional(),
    carrier: z.enum(CARRIERS).exactOptional(),
    channel: z.enum(CHANNELS).exactOptional(),
    purpose: z.enum(PURPOSES).exactOptional(),
  })
  .describe('Which usage it is for; what is absent is for all.');

const entry = {
  id: entryIdSchema,
  scope: scopeSchema,
  validFrom: day,
  validTo: day.exactOptional().describe('Excluded; absent: until further notice.'),
};

const recorded = { recordedAt: z.int().describe('Epoch milliseconds.') };

export const newTariffSchema = z.strictObject({
  ...entry,
  unitPrice: z
    .string()
    .regex(/^\d{1,12}$/)
    .describe('Whole yen a check, as a decimal string.'),
});
export const tariffSchema = newTariffSchema.extend(recorded);

const ground = z
  .string()
  .trim()
  .regex(/^[^\p{Cc}\p{Cs}]{1,1000}$/u, 'One line of 1 to 1,000 characters.');
export const newWaiverSchema = z.strictObject({
  ...entry,
  legalGround: z.strictObject({ ja: ground, en: ground }).describe('Why the fee is not collected.'),
});
export const waiverSchema = newWaiverSchema.extend(recorded);

export const endSchema = z.strictObject({ validTo: day.describe('The first day on which it no longer holds.') });

export const tariffFrom = ({ unitPrice, ...given }: z.infer<typeof newTariffSchema>, recordedAt: number): Tariff =>
  unitTariff({ ...given, recordedAt }, BigInt(unitPrice));

/** A tariff as JSON has it: yen as a decimal string. */
export const tariffJson = (tariff: Tariff): object => {
  const { price: _price, taxCategory: _taxCategory, ...known } = tariff;
  return { ...known, unitPrice: unitPriceOf(tariff).toString() };
};
