import type { CertificateState, RevokedEntry } from '@kakunin/status-index';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listedEntries, mayDisappear, sameEntries } from './listed-entries.ts';

const entry = (over: Partial<RevokedEntry> = {}): RevokedEntry => ({
  serial: Uint8Array.of(1),
  revocationDate: 1_000,
  reason: 'keyCompromise',
  notAfter: 5_000,
  ...over,
});
const revoked = ({ revocationDate, reason, notAfter }: RevokedEntry): CertificateState => ({
  state: 'revoked',
  carrier: 'card',
  revocationDate,
  reason,
  notAfter,
});

describe('listedEntries', () => {
  it('lists everything on the first CRL, expired or not', () => {
    expect(listedEntries([entry()], undefined)).toEqual([
      { serialNumber: Uint8Array.of(1), revocationDate: 1_000, reason: 'keyCompromise' },
    ]);
  });

  it('keeps an expired entry until a scheduled CRL dated after its expiry has carried it', () => {
    expect(listedEntries([entry()], 5_000)).toHaveLength(1);
    expect(listedEntries([entry()], 5_001)).toHaveLength(0);
  });

  it('keeps the invalidity date', () => {
    expect(listedEntries([entry({ invalidityDate: 7 })], undefined)).toMatchObject([{ invalidityDate: 7 }]);
  });
});

describe('mayDisappear', () => {
  const listed = { serialNumber: Uint8Array.of(1), revocationDate: 1_000 };

  it('lets a released hold go, and no other revocation', () => {
    const good = { state: 'good', notAfter: 5_000, carrier: 'card' } as const;
    expect(mayDisappear({ ...listed, reason: 'certificateHold' }, good, 0)).toBe(true);
    expect(mayDisappear({ ...listed, reason: 'keyCompromise' }, good, 0)).toBe(false);
    expect(mayDisappear(listed, good, 0)).toBe(false);
  });

  it('takes a certificate that the index does not know for lost data', () => {
    expect(mayDisappear({ ...listed, reason: 'certificateHold' }, { state: 'not_issued' }, 10_000)).toBe(false);
  });

  it('agrees with the list: what it leaves out may disappear, what it lists may not', () => {
    const instants = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(instants, instants, fc.option(instants, { nil: undefined }), (notAfter, revocationDate, last) => {
        const one = entry({ notAfter, revocationDate });
        expect(mayDisappear(listed, revoked(one), last)).toBe(listedEntries([one], last).length === 0);
      }),
    );
  });
});

const list = (...entries: RevokedEntry[]) => listedEntries(entries, undefined);

describe('sameEntries', () => {
  it.each([
    ['one more', [entry(), entry({ serial: Uint8Array.of(2) })]],
    ['one less', []],
    ['another serial number', [entry({ serial: Uint8Array.of(2) })]],
    ['another reason', [entry({ reason: 'certificateHold' })]],
    ['another date', [entry({ revocationDate: 2_000 })]],
    ['an invalidity date', [entry({ invalidityDate: 2_000 })]],
  ])('sees %s', (_what, other) => {
    expect(sameEntries(list(entry()), list(...other))).toBe(false);
  });

  it('takes equal lists for equal, empty ones too', () => {
    expect(sameEntries(list(entry()), list(entry()))).toBe(true);
    expect(sameEntries([], [])).toBe(true);
  });

  it('takes a reason that a CRL leaves out for `unspecified`', () => {
    const [unspecified] = list(entry({ reason: 'unspecified' }));
    expect(sameEntries([unspecified!], [{ ...unspecified!, reason: undefined }])).toBe(true);
  });
});
