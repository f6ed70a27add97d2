import type { CertificateState, RevokedEntry } from '@kakunin/status-index';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isListed, mayDisappear } from './listed-entries.ts';

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

describe('isListed', () => {
  it('lists everything on the first CRL, expired or not', () => {
    expect(isListed(entry(), undefined)).toBe(true);
  });

  it('keeps an expired entry until a scheduled CRL dated after its expiry has carried it', () => {
    expect(isListed(entry(), 5_000)).toBe(true);
    expect(isListed(entry(), 5_001)).toBe(false);
  });

  it('keeps one that was revoked after it had expired as long', () => {
    expect(isListed(entry({ revocationDate: 6_000 }), 6_000)).toBe(true);
  });
});

describe('mayDisappear', () => {
  const listed = { reason: undefined };

  it('lets a released hold go, and no other revocation', () => {
    const good = { state: 'good', carrier: 'card' } as const;
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
        expect(mayDisappear(listed, revoked(one), last)).toBe(!isListed(one, last));
      }),
    );
  });
});
