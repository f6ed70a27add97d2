import type { EffectiveDated, PriceRecords, PricingScope } from '@kakunin/billing';
import type { Prisma, PriceRevision } from '../generated/prisma/client.ts';
import { jsonOf } from '../api/json.ts';
import { TERMS_FROM } from './convert.ts';
import type { PriceEntry, PriceKind } from './price-entry.ts';

/** The codes in the columns were checked by the API's schema before they came there. */
function effectiveOf(row: PriceRevision): EffectiveDated {
  const { customer, serviceProvider, certificateClass, carrier, channel, purpose } = row;
  const columns = Object.entries({ customer, serviceProvider, certificateClass, carrier, channel, purpose });
  return {
    id: row.id,
    scope: Object.fromEntries(columns.filter(([, value]) => value !== null)) as PricingScope,
    validFrom: row.validFrom.getTime(),
    ...(row.validTo && { validTo: row.validTo.getTime() }),
    recordedAt: row.recordedAt.getTime(),
  };
}

const entriesOf = <Kind extends PriceKind>(rows: readonly PriceRevision[], kind: Kind): PriceEntry<Kind>[] =>
  rows
    .filter((row) => row.kind === kind)
    .map((row) => ({ ...effectiveOf(row), ...TERMS_FROM[kind](row.terms) }) as PriceEntry<Kind>);

export const recordsOf = (rows: readonly PriceRevision[]): PriceRecords => ({
  tariffs: entriesOf(rows, 'tariff'),
  waivers: entriesOf(rows, 'waiver'),
  commitments: entriesOf(rows, 'commitment'),
});

export function rowOf(issuer: string, kind: PriceKind, entry: PriceEntry): Prisma.PriceRevisionCreateInput {
  const { id, scope, validFrom, validTo, recordedAt, ...terms } = entry;
  return {
    issuer,
    kind,
    id,
    ...scope,
    validFrom: new Date(validFrom),
    validTo: validTo === undefined ? null : new Date(validTo),
    recordedAt: new Date(recordedAt),
    terms: jsonOf(terms) as Prisma.InputJsonObject,
  };
}
