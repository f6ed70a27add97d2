import type { CertificateState, RevokedEntry } from '@kakunin/status-index';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isListed, mayDisappear } from './listed-entries.ts';

const NEVER = { lastScheduledUpdate: 0 };
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
    expect(isListed(entry(), { lastScheduledUpdate: undefined })).toBe(true);
  });

  it('keeps an expired entry until a scheduled CRL dated after its expiry has carried it', () => {
    expect(isListed(entry(), { lastScheduledUpdate: 5_000 })).toBe(true);
    expect(isListed(entry(), { lastScheduledUpdate: 5_001 })).toBe(false);
  });

  it('keeps one that was revoked after it had expired as long', () => {
    expect(isListed(entry({ revocationDate: 6_000 }), { lastScheduledUpdate: 6_000 })).toBe(true);
  });
});

it('keeps what expired since an authority keeps expired certificates, and nothing older', () => {
  const rule = { lastScheduledUpdate: 9_000, keepsExpiredSince: 5_000 };
  expect(isListed(entry({ notAfter: 5_000 }), rule)).toBe(true);
  expect(isListed(entry({ notAfter: 4_999 }), rule)).toBe(false);
});

describe('mayDisappear', () => {
  const listed = { reason: undefined };

  it('lets a released hold go, and no other revocation', () => {
    const good = { state: 'good', carrier: 'card' } as const;
    expect(mayDisappear({ ...listed, reason: 'certificateHold' }, good, NEVER)).toBe(true);
    expect(mayDisappear({ ...listed, reason: 'keyCompromise' }, good, NEVER)).toBe(false);
    expect(mayDisappear(listed, good, NEVER)).toBe(false);
  });

  it('takes a certificate that the index does not know for lost data', () => {
    expect(
      mayDisappear({ ...listed, reason: 'certificateHold' }, { state: 'not_issued' }, { lastScheduledUpdate: 10_000 }),
    ).toBe(false);
  });

  it('agrees with the list: what it leaves out may disappear, what it lists may not', () => {
    const instants = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(instants, instants, fc.option(instants, { nil: undefined }), (notAfter, revocationDate, last) => {
        const one = entry({ notAfter, revocationDate });
        for (const keepsExpiredSince of [undefined, 3_000]) {
          const rule = { lastScheduledUpdate: last, keepsExpiredSince };
          expect(mayDisappear(listed, revoked(one), rule)).toBe(!isListed(one, rule));
        }
      }),
    );
  });
});
