import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { everyKind } from '../testing/every-kind.ts';
import { jst, tariff, unit, waiver } from '../testing/prices.ts';
import { PriceList } from './price-list.ts';
import { priceListHash } from './price-list-hash.ts';

const forAll = tariff('all', unit(20n));
const own = tariff('own', unit(10n), { scope: { customer: 'pf-a' } });
const others = tariff('others', unit(5n), { scope: { customer: 'pf-b' } });

describe('the hash of a price list', () => {
  it('is the SHA-256 of JSON that anybody can write', () => {
    const json =
      '{"commitments":[],"tariffs":[{"id":"all","price":{"kind":"unit","unitPrice":"20"},"scope":{},' +
      '"taxCategory":"standard","validFrom":1672498800000}],"waivers":[]}';
    expect(priceListHash(new PriceList([forAll], []), 'pf-a')).toBe(createHash('sha256').update(json).digest('hex'));
  });

  it('is the same in whatever order and whenever entries were recorded', () => {
    const again = new PriceList([{ ...own, recordedAt: 5 }, forAll], []);
    expect(priceListHash(again, 'pf-a')).toBe(priceListHash(new PriceList([forAll, own], []), 'pf-a'));
  });

  it('says nothing of the prices of others', () => {
    const [without, with_] = [new PriceList([forAll, own], []), new PriceList([forAll, own, others], [])];
    expect(priceListHash(with_, 'pf-a')).toBe(priceListHash(without, 'pf-a'));
    expect(priceListHash(with_, 'pf-b')).not.toBe(priceListHash(without, 'pf-b'));
  });

  it('changes with a price, a waiver, a commitment and a validity', () => {
    const { tariffs, waivers, commitments } = everyKind;
    const lists = [
      everyKind,
      new PriceList(tariffs.with(0, tariff('unit', unit(4n))), waivers, commitments),
      new PriceList(tariffs, [], commitments),
      new PriceList(tariffs, [waiver('free', { scope: { serviceProvider: 'sp-c' }, validTo: jst('2026-11-11') })]),
      new PriceList(tariffs, waivers, commitments.slice(1)),
    ];
    expect(new Set(lists.map((list) => priceListHash(list, 'pf-a'))).size).toBe(lists.length);
  });
});
