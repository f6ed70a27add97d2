import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIndexTxtLine } from './index-txt.ts';

const line = (...fields: string[]): string => fields.join('\t');
const valid = line('V', '361231235959Z', '', '0AFF', 'unknown', '/C=JP/O=Test/CN=1');
const revoked = (revocation: string): string => line('R', '361231235959Z', revocation, '01', 'unknown', '/CN=1');
const recordOf = (text: string): unknown => {
  const parsed = parseIndexTxtLine(7, text);
  return parsed && 'record' in parsed ? parsed.record : parsed;
};

describe('parseIndexTxtLine', () => {
  it('reads V and E as good', () => {
    const record = { serialNumber: 'aff', notAfter: Date.UTC(2036, 11, 31, 23, 59, 59), status: { status: 'good' } };
    expect(recordOf(valid)).toEqual(record);
    expect(recordOf(valid.replace('V', 'E'))).toEqual(record);
  });

  it.each([
    ['260401093000Z', { reason: 'unspecified' }],
    ['260401093000Z,keyCompromise', { reason: 'keyCompromise' }],
    ['260401093000Z,CACompromise', { reason: 'cACompromise' }],
    ['260401093000Z,certificateHold', { reason: 'certificateHold' }],
    ['260401093000Z,holdInstruction,holdInstructionReject', { reason: 'certificateHold' }],
    ['260401093000Z,keyTime,20260301000000Z', { reason: 'keyCompromise', invalidityDate: Date.UTC(2026, 2, 1) }],
    ['20260401093000Z,CAkeyTime,20260301000000Z', { reason: 'cACompromise', invalidityDate: Date.UTC(2026, 2, 1) }],
  ])('reads the revocation %s', (revocation, expected) => {
    expect(recordOf(revoked(revocation))).toMatchObject({
      status: { status: 'revoked', revocationDate: Date.UTC(2026, 3, 1, 9, 30), ...expected },
    });
  });

  it('reads two-digit years as RFC 5280 does, and four digits as they stand', () => {
    expect(recordOf(valid.replace('361231235959Z', '500101000000Z'))).toMatchObject({ reason: expect.any(String) });
    expect(recordOf(valid.replace('361231235959Z', '700102000000Z'))).toMatchObject({ notAfter: 86_400_000 });
    expect(recordOf(valid.replace('361231235959Z', '20500101000000Z'))).toMatchObject({ notAfter: Date.UTC(2050, 0) });
  });

  it('keeps an escaped tab inside its field, and skips comments', () => {
    expect(recordOf(valid.replace('/CN=1', '/CN=a\\\tb'))).toMatchObject({ serialNumber: 'aff' });
    expect(parseIndexTxtLine(1, '# made by hand')).toBeUndefined();
  });

  it.each([
    ['', /six fields/],
    ['V 361231235959Z 01', /six fields/],
    [valid.replace('V', 'X'), /none of V, R and E/],
    [valid.replace('361231235959Z', '360231235959Z'), /expiry/],
    [valid.replace('0AFF', 'xyz'), /serial number/],
    [valid.replace('0AFF', '1'.repeat(41)), /serial number/],
    [line('V', '361231235959Z', '260401093000Z', '01', 'unknown', '/CN=1'), /does not go/],
    [revoked(''), /revocation/],
    [revoked('260401093000Z,notAReason'), /RFC 5280/],
    [revoked('260401093000Z,removeFromCRL'), /RFC 5280/],
    [revoked('260401093000Z,keyTime'), /key time/],
    [revoked('260401093000Z,keyCompromise,a,b'), /field 3/],
  ])('says what is wrong with %j', (text, reason) => {
    expect(parseIndexTxtLine(7, text)).toEqual({ line: 7, reason: expect.stringMatching(reason) });
  });

  it('never throws, and never quotes the line', () => {
    const mutated = fc
      .record({ at: fc.nat(valid.length), cut: fc.nat(8), put: fc.string() })
      .map(({ at, cut, put }) => valid.slice(0, at) + put + valid.slice(at + cut));
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string()), (text) => {
        const parsed = parseIndexTxtLine(1, text);
        if (parsed && 'reason' in parsed) expect(parsed.reason).not.toContain('0AFF');
      }),
    );
  });
});
