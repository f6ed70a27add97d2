import type { EffectiveDated, PricingScope, Tariff, Waiver } from '@kakunin/billing';
import type { Tariff as TariffRow, Waiver as WaiverRow } from '../generated/prisma/client.ts';
import { unitPriceOf, unitTariff } from './unit-tariff.ts';

type EntryRow = Omit<TariffRow, 'unitPrice'>;

/** The codes in the columns were checked by the API's schema before they came there. */
function entryOf(row: EntryRow): EffectiveDated {
  const { customer, certificateClass, carrier, channel, purpose } = row;
  const columns = Object.entries({ customer, certificateClass, carrier, channel, purpose });
  return {
    id: row.id,
    scope: Object.fromEntries(columns.filter(([, value]) => value !== null)) as PricingScope,
    validFrom: row.validFrom.getTime(),
    ...(row.validTo && { validTo: row.validTo.getTime() }),
    recordedAt: row.recordedAt.getTime(),
  };
}

const rowOf = ({ id, scope, validFrom, validTo, recordedAt }: EffectiveDated): EntryRow => ({
  id,
  customer: scope.customer ?? null,
  certificateClass: scope.certificateClass ?? null,
  carrier: scope.carrier ?? null,
  channel: scope.channel ?? null,
  purpose: scope.purpose ?? null,
  validFrom: new Date(validFrom),
  validTo: validTo === undefined ? null : new Date(validTo),
  recordedAt: new Date(recordedAt),
});

export const tariffOf = (row: TariffRow): Tariff => unitTariff(entryOf(row), row.unitPrice);
export const tariffRowOf = (tariff: Tariff): TariffRow => ({ ...rowOf(tariff), unitPrice: unitPriceOf(tariff) });

export const waiverOf = (row: WaiverRow): Waiver => ({
  ...entryOf(row),
  legalGround: { ja: row.legalGroundJa, en: row.legalGroundEn },
});
export const waiverRowOf = (waiver: Waiver): WaiverRow => ({
  ...rowOf(waiver),
  legalGroundJa: waiver.legalGround.ja,
  legalGroundEn: waiver.legalGround.en,
});
