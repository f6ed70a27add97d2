import { describe, expect, it } from 'vitest';
import {
  type Commitment,
  endEntry,
  type Price,
  PriceList,
  PUBLISHED_TARIFFS,
  PUBLISHED_WAIVERS,
  type Tariff,
} from '../index.ts';
import { codeOf } from '../testing/code-of.ts';
import { cap, jst, minimum, tariff as tariffOf, unit, waiver } from '../testing/prices.ts';

const signature = { channel: 'ocsp', certificateClass: 'signature' } as const;
const tariff = (id: string, from: string, rest: Partial<Tariff> = {}): Tariff =>
  tariffOf(id, unit(20n), { scope: signature, validFrom: jst(from), ...rest });
const check = {
  customer: 'pf-a',
  serviceProvider: 'sp-a',
  certificateClass: 'signature',
  carrier: 'card',
  channel: 'ocsp',
  purpose: 'signature_verification',
} as const;

describe('published prices', () => {
  const prices = new PriceList(PUBLISHED_TARIFFS, PUBLISHED_WAIVERS);
  const time = jst('2026-11-22');

  it('charge 20 yen for a signature certificate and 2 yen for user authentication, both waived', () => {
    expect(prices.tariffFor({ ...check, time }).price).toEqual(unit(20n));
    expect(prices.tariffFor({ ...check, certificateClass: 'user-authentication', time }).price).toEqual(unit(2n));
    expect(prices.waiverFor({ ...check, time })?.id).toBe('ocsp-fee-waiver');
  });

  it('have CRLs free by price, not by waiver', () => {
    expect(prices.tariffFor({ ...check, channel: 'crl', time }).price).toEqual(unit(0n));
    expect(prices.waiverFor({ ...check, channel: 'crl', time })).toBeUndefined();
  });

  it('begin at midnight in Tokyo, to the millisecond', () => {
    expect(codeOf(() => prices.tariffFor({ ...check, time: jst('2023-01-01') - 1 }))).toBe('no_tariff');
    expect(prices.tariffFor({ ...check, time: jst('2023-01-01') }).id).toBe('ocsp-signature');
  });
});

describe('PriceList', () => {
  it('names both tariffs of an overlap, and what to do', () => {
    const tariffs = [tariff('new', '2026-04-01'), tariff('old', '2023-01-01', { validTo: jst('2026-04-02') })];
    const overlap = (): PriceList => new PriceList(tariffs, []);
    expect(codeOf(overlap)).toBe('tariff_overlap');
    expect(overlap).toThrow(
      'old (channel=ocsp certificateClass=signature, from 2023-01-01 to before 2026-04-02) and ' +
        'new (channel=ocsp certificateClass=signature, from 2026-04-01 until further notice) hold at the same time',
    );
    expect(overlap).toThrow('End the earlier one first');
  });

  it('lets one tariff follow another at the same midnight', () => {
    const prices = new PriceList(
      [tariff('old', '2023-01-01', { validTo: jst('2026-04-01') }), tariff('new', '2026-04-01', { price: unit(15n) })],
      [],
    );
    expect(prices.tariffFor({ ...check, time: jst('2026-04-01') - 1 }).price).toEqual(unit(20n));
    expect(prices.tariffFor({ ...check, time: jst('2026-04-01') }).price).toEqual(unit(15n));
    expect(prices.changesWithin({ start: jst('2026-04-01'), end: jst('2026-05-01') })).toEqual([]);
    expect(prices.changesWithin({ start: jst('2026-03-01'), end: jst('2026-05-01') })).toEqual([jst('2026-04-01')]);
  });

  it('prefers the narrower scope, a customer before everything else', () => {
    const forAll = tariff('all', '2023-01-01', {
      scope: { channel: 'ocsp', certificateClass: 'signature', carrier: 'card' },
    });
    const forOne = tariff('one', '2023-01-01', { scope: { customer: 'pf-a' } });
    const prices = new PriceList([forAll, forOne], []);
    const time = jst('2026-01-01');
    expect(prices.tariffFor({ ...check, time }).id).toBe('one');
    expect(prices.tariffFor({ ...check, customer: 'pf-b', time }).id).toBe('all');
  });

  it('refuses what is not a validity or a price', () => {
    const listed = (entry: Tariff) => codeOf(() => new PriceList([entry], []));
    expect(listed(tariff('t', '2026-01-01', { validFrom: jst('2026-01-01') + 1 }))).toBe('invalid_validity');
    expect(listed(tariff('t', '2026-01-01', { validTo: Date.UTC(2026, 5, 1) }))).toBe('invalid_validity');
    expect(listed(tariff('t', '2026-01-01', { validTo: jst('2026-01-01') }))).toBe('invalid_validity');
    for (const far of [Date.UTC(9999, 11, 31, 15), 8_640_000_000_000_000, Number.MAX_SAFE_INTEGER]) {
      expect(listed(tariff('t', '2026-01-01', { validFrom: far }))).toBe('invalid_validity');
      expect(listed(tariff('t', '2026-01-01', { validTo: far }))).toBe('invalid_validity');
    }
    expect(listed(tariff('t', '2026-01-01', { price: unit(-1n) }))).toBe('invalid_price');
    expect(codeOf(() => new PriceList([], [waiver('one'), waiver('again')]))).toBe('waiver_overlap');
  });

  it('ends on a day to come only, so that past usage keeps its price', () => {
    const now = jst('2026-11-22') + 12 * 3_600_000;
    const open = tariff('t', '2023-01-01');
    expect(endEntry(open, jst('2026-11-23'), now)).toEqual({
      ...open,
      validTo: jst('2026-11-23'),
      recordedAt: now,
    });
    expect(codeOf(() => endEntry(open, jst('2026-11-22'), now))).toBe('invalid_validity');
    expect(codeOf(() => endEntry({ ...open, validTo: jst('2026-11-22') }, jst('2026-12-01'), now))).toBe(
      'invalid_validity',
    );
    expect(codeOf(() => new PriceList([open, { ...open, scope: {} }], []))).toBe('duplicate_id');
  });

  it('prefers a service provider to what is checked, and its customer to it', () => {
    const scopes = {
      customer: { customer: 'pf-a' },
      serviceProvider: { serviceProvider: 'sp-a' },
      everythingElse: {
        certificateClass: 'signature',
        carrier: 'card',
        channel: 'ocsp',
        purpose: 'signature_verification',
      },
    } as const;
    const entries = Object.entries(scopes).map(([id, scope]) => tariff(id, '2023-01-01', { scope }));
    const prices = new PriceList(entries.toReversed(), []);
    const found = (rest: object) => prices.tariffFor({ ...check, ...rest, time: jst('2026-01-01') }).id;
    expect(found({})).toBe('customer');
    expect(found({ customer: 'pf-b' })).toBe('serviceProvider');
    expect(found({ customer: 'pf-b', serviceProvider: '' })).toBe('everythingElse');
  });

  it.each<[string, Price]>([
    ['no tier', { kind: 'graduated', tiers: [] }],
    ['an end of the last tier', { kind: 'graduated', tiers: [{ upTo: 10n, unitPrice: 1n }] }],
    ['a tier without end in between', { kind: 'volume', tiers: [{ unitPrice: 2n }, { unitPrice: 1n }] }],
    ['an empty first tier', { kind: 'volume', tiers: [{ upTo: 0n, unitPrice: 2n }, { unitPrice: 1n }] }],
    [
      'a tier that ends where the one before does',
      {
        kind: 'graduated',
        tiers: [{ upTo: 5n, unitPrice: 3n }, { upTo: 5n, unitPrice: 2n }, { unitPrice: 1n }],
      },
    ],
    ['a tier below zero', { kind: 'graduated', tiers: [{ upTo: 5n, unitPrice: 3n }, { unitPrice: -1n }] }],
    ['a pool that rises', { kind: 'volume', pooled: true, tiers: [{ upTo: 5n, unitPrice: 3n }, { unitPrice: 4n }] }],
    ['a first check below zero', { kind: 'first_check', per: 'year', unitPrice: -1n }],
  ])('refuses %s', (_what, price) => {
    expect(codeOf(() => new PriceList([tariff('t', '2026-01-01', { price })], []))).toBe('invalid_price');
  });

  it('leaves a customer what is for all and what is its own', () => {
    const entries = ['pf-a', 'pf-b', undefined].map((customer) => ({
      scope: customer === undefined ? {} : { customer },
      id: customer ?? 'all',
    }));
    const prices = new PriceList(
      entries.map(({ id, scope }) => tariff(id, '2026-01-01', { scope })),
      entries.map(({ id, scope }) => waiver(id, { scope })),
      entries.map(({ id, scope }) => minimum(`least-${id}`, 1n, { scope })),
    ).forCustomer('pf-a');
    const ids = [prices.tariffs, prices.waivers, prices.commitments].map((list) => list.map(({ id }) => id));
    expect(ids).toEqual([
      ['pf-a', 'all'],
      ['pf-a', 'all'],
      ['least-pf-a', 'least-all'],
    ]);
  });

  it('takes tiers that rise, where nobody shares them', () => {
    const price: Price = { kind: 'graduated', tiers: [{ upTo: 5n, unitPrice: 3n }, { unitPrice: 4n }] };
    expect(codeOf(() => new PriceList([tariff('t', '2026-01-01', { price })], []))).toBe('none');
  });

  it('has one minimum and one cap for each customer, month and tax category', () => {
    const listed = (...entries: Commitment[]) => codeOf(() => new PriceList([], [], entries));
    const least = minimum('least', 100n);
    expect(listed(least, cap('most', 900n))).toBe('none');
    expect(listed(least, minimum('other', 50n, { taxCategory: 'non_taxable' }))).toBe('none');
    expect(listed(least, minimum('one', 50n, { scope: { customer: 'pf-a' } }))).toBe('none');
    expect(listed(least, minimum('again', 50n))).toBe('commitment_overlap');
    expect(listed(cap('negative', -1n))).toBe('invalid_price');
    expect(listed({ ...least, validFrom: jst('2026-01-02') })).toBe('invalid_validity');
    expect(listed({ ...least, validTo: jst('2026-01-31') })).toBe('invalid_validity');
  });
});
