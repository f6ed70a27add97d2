import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CertificateStatus } from './certificate-event.ts';
import { REVOCATION_REASONS, type RevocationReason } from './revocation-reason.ts';
import { adopt, GOOD, isFinallyRevoked, isHeld, release, revoke } from './life-cycle.ts';

const NOW = 1_790_000_000_000;
const reason = fc.constantFrom(...(Object.keys(REVOCATION_REASONS) as RevocationReason[]));
const second = fc.integer({ min: 0, max: NOW / 1000 }).map((seconds) => seconds * 1000);
const status: fc.Arbitrary<CertificateStatus> = fc.oneof(
  fc.constant(GOOD),
  fc.record({ status: fc.constant('revoked' as const), reason, revocationDate: second }),
);

describe('revoke', () => {
  it('takes now, in whole seconds, where the CA gives no date', () => {
    expect(revoke(GOOD, { reason: 'keyCompromise', invalidityDate: 5_000 }, NOW + 789)).toEqual({
      status: 'revoked',
      reason: 'keyCompromise',
      revocationDate: NOW,
      invalidityDate: 5_000,
    });
  });

  it('answers the same state when it is repeated, also later and without the date', () => {
    const revoked = revoke(GOOD, { reason: 'superseded' }, NOW);
    expect(revoke(revoked, { reason: 'superseded' }, NOW + 60_000)).toBe(revoked);
  });

  it('refuses another reason or date for a final revocation', () => {
    const revoked = revoke(GOOD, { reason: 'superseded' }, NOW);
    const code = expect.objectContaining({ code: 'finally_revoked' });
    expect(() => revoke(revoked, { reason: 'keyCompromise' }, NOW)).toThrow(code);
    expect(() => revoke(revoked, { reason: 'superseded', revocationDate: 0 }, NOW)).toThrow(code);
    expect(() => revoke(revoked, { reason: 'certificateHold' }, NOW)).toThrow(code);
  });

  it('refuses what takes effect later, and allows for a clock that is a little ahead', () => {
    const at = (revocationDate: number) => () => revoke(GOOD, { reason: 'superseded', revocationDate }, NOW);
    expect(at(NOW + 5 * 60_000)()).toMatchObject({ status: 'revoked' });
    expect(at(NOW + 5 * 60_000 + 1)).toThrow(expect.objectContaining({ code: 'revocation_in_future' }));
  });

  it('makes a hold final', () => {
    const held = revoke(GOOD, { reason: 'certificateHold' }, NOW);
    expect(isHeld(held)).toBe(true);
    expect(isFinallyRevoked(revoke(held, { reason: 'keyCompromise' }, NOW))).toBe(true);
  });
});

describe('release', () => {
  it('takes a hold back, and leaves good alone', () => {
    expect(release(revoke(GOOD, { reason: 'certificateHold' }, NOW))).toEqual(GOOD);
    expect(release(GOOD)).toBe(GOOD);
  });
});

it('never takes a final revocation back, whatever happens', () => {
  fc.assert(
    fc.property(status, fc.array(status), (start, stated) => {
      let current = start;
      for (const next of stated) {
        const before = current;
        try {
          current = adopt(current, next, NOW);
        } catch (error) {
          expect(error).toMatchObject({ code: 'finally_revoked' });
        }
        if (isFinallyRevoked(before)) expect(current).toBe(before);
      }
    }),
  );
});
