import { TAX_CATEGORIES } from '@kakunin/billing';
import { relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, PURPOSES } from '@kakunin/usage';
import { z } from 'zod';

// The JSON form of prices: of the API, and of what is particular to a kind in the column `terms`.

const yen = z
  .string()
  .regex(/^(0|[1-9]\d{0,11})$/, 'Whole yen, 0 or more, as a decimal string.')
  .describe('Whole yen, as a decimal string.');
const quantity = z.string().regex(/^[1-9]\d{0,17}$/, 'A whole number above 0, as a decimal string.');
const MOST_TIERS = 100;

/** Epoch milliseconds of a midnight in Asia/Tokyo; the price list refuses other instants. */
export const daySchema = z.int().nonnegative().describe('Epoch milliseconds of a midnight in Asia/Tokyo.');

export const entryIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .describe('Shown on statements; never used twice.');

export const priceSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('unit'), unitPrice: yen }),
    z.strictObject({
      kind: z.enum(['graduated', 'volume']),
      tiers: z
        .array(
          z.strictObject({ upTo: quantity.exactOptional().describe('The last check of the tier.'), unitPrice: yen }),
        )
        .min(1)
        .max(MOST_TIERS),
      pooled: z.boolean().exactOptional().describe('乗合い: service providers of a customer fill the tiers together.'),
    }),
    z.strictObject({ kind: z.literal('first_check'), per: z.enum(['month', 'year']), unitPrice: yen }),
  ])
  .describe('How quantities become yen (docs/reference/tariffs.md).');

const ground = z
  .string()
  .trim()
  .regex(/^[^\p{Cc}\p{Cs}]{1,1000}$/u, 'One line of 1 to 1,000 characters.');
const taxCategory = z.enum(TAX_CATEGORIES);

const usageScope = {
  certificateClass: z.enum(CERTIFICATE_CLASSES).exactOptional(),
  carrier: z.enum(CARRIERS).exactOptional(),
  channel: z.enum(CHANNELS).exactOptional(),
  purpose: z.enum(PURPOSES).exactOptional(),
};
const code = relyingPartyCodeSchema.exactOptional();
const scopeSchema = z
  .strictObject({ customer: code, serviceProvider: code, ...usageScope })
  // Else every platform provider would see the price of somebody else's service provider.
  .refine((scope) => scope.serviceProvider === undefined || scope.customer !== undefined, {
    error: 'A scope that names a service provider names its platform provider as customer, too.',
  })
  .describe('Which usage it is for; what is absent is for all.');
const resaleScopeSchema = z
  .strictObject({ customer: code.describe('A service provider.'), ...usageScope })
  .describe('Which usage it is for; what is absent is for all.');

const validity = {
  validFrom: daySchema,
  validTo: daySchema.exactOptional().describe('Excluded; absent: until further notice.'),
};

/** By kind: what is particular to it. */
export const TERMS = {
  tariff: z.strictObject({ price: priceSchema, taxCategory }),
  waiver: z.strictObject({
    legalGround: z.strictObject({ ja: ground, en: ground }).describe('Why the fee is not collected.'),
  }),
  commitment: z.strictObject({
    kind: z.enum(['minimum', 'cap']).describe('What a customer pays for a month at least, or at most.'),
    amount: yen,
    taxCategory,
  }),
};

const tariffFields = { scope: scopeSchema, ...validity, ...TERMS.tariff.shape };
const waiverFields = { scope: scopeSchema, ...validity, ...TERMS.waiver.shape };
const commitmentFields = { scope: z.strictObject({ customer: code }), ...validity, ...TERMS.commitment.shape };
const resaleFields = { ...tariffFields, scope: resaleScopeSchema };

const REVISION = {
  replaces: z.int().nonnegative().describe('`recordedAt` of the revision that it takes the place of.'),
  reason: ground.describe('Why; kept in the audit.'),
};

/** An entry as it is, as it is added, and as another revision of it is. */
const schemasOf = <Fields extends z.core.$ZodLooseShape>(fields: Fields) => ({
  entry: z.strictObject({ id: entryIdSchema, ...fields, recordedAt: z.int().describe('Epoch milliseconds.') }),
  added: z.strictObject({ id: entryIdSchema, ...fields }),
  revised: z.strictObject({ ...fields, ...REVISION }),
});

export const TARIFF = schemasOf(tariffFields);
export const WAIVER = schemasOf(waiverFields);
export const COMMITMENT = schemasOf(commitmentFields);
export const RESALE_TARIFF = schemasOf(resaleFields);

export const endSchema = z.strictObject({ validTo: daySchema.describe('The first day on which it no longer holds.') });
