import type { RevocationReason, SerialScheme } from '@kakunin/certificates';
import { serialNumberOctets } from '@kakunin/x509';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IssuedCertificate } from './certificate-state.ts';
import { StatusIndex } from './status-index.ts';
import { StatusIndexError } from './status-index-error.ts';

const NOT_AFTER = Date.UTC(2030, 0, 1);
const good = (notAfter = NOT_AFTER): IssuedCertificate => ({ notAfter, carrier: 'card', status: { status: 'good' } });
const revoked = (reason: RevocationReason, revocationDate = Date.UTC(2026, 9, 1)): IssuedCertificate => ({
  notAfter: NOT_AFTER,
  carrier: 'card',
  status: { status: 'revoked', reason, revocationDate },
});
const hex = (serial: string): Uint8Array => serialNumberOctets(serial);
const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    return error instanceof StatusIndexError ? error.code : String(error);
  }
  return undefined;
};

const SCHEMES: SerialScheme[] = [{ kind: 'sequential', first: 'fffffff0' }, { kind: 'random' }];

describe.each(SCHEMES)('StatusIndex with $kind serial numbers', (scheme) => {
  const serials = ['fffffff0', 'fffffff1', '100000000', '100000010'];

  it('answers not_issued for what was never put', () => {
    const index = StatusIndex.create(scheme);
    expect(index.lookup(hex('fffffff0'))).toEqual({ state: 'not_issued' });
    index.put(hex('fffffff1'), good());
    for (const serial of ['0', 'ffffffef', 'fffffff0', 'fffffff2', 'f'.repeat(40)]) {
      expect(index.lookup(hex(serial))).toEqual({ state: 'not_issued' });
    }
  });

  it('answers what was put, by value of the INTEGER', () => {
    const index = StatusIndex.create(scheme);
    index.put(hex('fffffff1'), { ...revoked('keyCompromise'), carrier: 'smartphone' });
    const state = index.lookup(Uint8Array.of(0, 0xff, 0xff, 0xff, 0xf1));
    expect(state).toEqual({
      state: 'revoked',
      notAfter: NOT_AFTER,
      carrier: 'smartphone',
      revocationDate: Date.UTC(2026, 9, 1),
      reason: 'keyCompromise',
    });
    expect(index.lookup(Uint8Array.of(0, 0, 0xff, 0xff, 0xff, 0xf1))).toEqual(state);
    // The same octets without the leading zero are a negative INTEGER: another number.
    expect(index.lookup(Uint8Array.of(0xff, 0xff, 0xff, 0xf1))).toEqual({ state: 'not_issued' });
    expect(index.lookup(new Uint8Array())).toEqual({ state: 'not_issued' });
    expect(index.lookup(new Uint8Array(22).fill(1))).toEqual({ state: 'not_issued' });
  });

  it('counts, and steps its generation only with a change', () => {
    const index = StatusIndex.create(scheme);
    for (const serial of serials) expect(index.put(hex(serial), good())).toBe(true);
    expect(index.put(hex(serials[0]!), good())).toBe(false);
    expect([index.issuedCount, index.revokedCount, index.generation]).toEqual([4, 0, 4]);
    index.put(hex(serials[0]!), revoked('certificateHold'));
    expect([index.issuedCount, index.revokedCount, index.generation]).toEqual([4, 1, 5]);
    index.put(hex(serials[0]!), good());
    expect([index.issuedCount, index.revokedCount, index.generation]).toEqual([4, 0, 6]);
  });

  it('never takes a final revocation back, and changes nothing when asked to', () => {
    const index = StatusIndex.create(scheme);
    index.put(hex(serials[0]!), revoked('certificateHold'));
    index.put(hex(serials[0]!), revoked('superseded'));
    const before = index.lookup(hex(serials[0]!));
    expect(codeOf(() => index.put(hex(serials[0]!), good()))).toBe('final_revocation');
    expect(codeOf(() => index.put(hex(serials[0]!), revoked('certificateHold')))).toBe('final_revocation');
    expect(index.lookup(hex(serials[0]!))).toEqual(before);
    expect(index.put(hex(serials[0]!), revoked('keyCompromise'))).toBe(true);
  });

  it('lists revoked certificates with their serial numbers', () => {
    const index = StatusIndex.create(scheme);
    for (const serial of serials) index.put(hex(serial), revoked('superseded'));
    expect([...index.revokedEntries()].map(({ serial }) => Buffer.from(serial))).toEqual(
      serials.map((serial) => Buffer.from(hex(serial))),
    );
  });

  it('refuses invalid serial numbers', () => {
    const index = StatusIndex.create(scheme);
    for (const serial of [new Uint8Array(), Uint8Array.of(0x80), new Uint8Array(21).fill(1)]) {
      expect(codeOf(() => index.put(serial, good()))).toBe('invalid_serial');
    }
  });

  it('keeps an instant beyond 2106 as no well-defined expiration', () => {
    const index = StatusIndex.create(scheme);
    index.put(hex(serials[0]!), { ...revoked('superseded', Date.UTC(2200, 0, 1)), notAfter: Date.UTC(2200, 0, 1) });
    const never = Date.UTC(9999, 11, 31, 23, 59, 59);
    expect(index.lookup(hex(serials[0]!))).toMatchObject({ notAfter: never, revocationDate: never });
  });

  it('keeps the end of a revoked certificate up to 64 seconds longer, never shorter', () => {
    const index = StatusIndex.create(scheme);
    for (const [at, more] of [0, 1, 63, 64].entries()) {
      index.put(hex(serials[at]!), {
        ...revoked('superseded'),
        notAfter: (1_900_000_000 - (1_900_000_000 % 64) + more) * 1000,
      });
    }
    const ends = serials.map((serial) => index.lookup(hex(serial)) as { notAfter: number });
    expect(ends.map(({ notAfter }) => notAfter / 1000 - (1_900_000_000 - (1_900_000_000 % 64)))).toEqual([
      0, 64, 64, 64,
    ]);
  });
});

it('refuses serial numbers outside the range of a sequential authority', () => {
  const index = StatusIndex.create({ kind: 'sequential', first: '100' }, { capacity: 16 });
  expect(index.put(hex('10f'), good())).toBe(true);
  for (const serial of ['ff', '110', '0', `1${'0'.repeat(39)}`]) {
    expect(codeOf(() => index.put(hex(serial), good()))).toBe('serial_out_of_range');
  }
});

it('refuses more random serial numbers than its capacity', () => {
  const index = StatusIndex.create({ kind: 'random' }, { capacity: 2 });
  index.put(hex('1'), good());
  index.put(hex('2'), good());
  expect(codeOf(() => index.put(hex('3'), good()))).toBe('capacity_exceeded');
  expect(index.put(hex('2'), revoked('superseded'))).toBe(true);
});

it('finds sequential serial numbers again wherever the first one lies', () => {
  const largest = 2n ** 160n - 1n;
  const ordinals = fc.array(fc.bigInt({ min: 0n, max: 5_000n }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: largest - 5_000n }), ordinals, (first, offsets) => {
      const index = StatusIndex.create({ kind: 'sequential', first: first.toString(16) }, { capacity: 5_001 });
      const serials = [...new Set(offsets)].sort((one, other) => Number(one - other)).map((at) => first + at);
      for (const serial of serials) index.put(hex(serial.toString(16)), revoked('superseded'));
      expect([...index.revokedEntries()].map(({ serial }) => Buffer.from(serial))).toEqual(
        serials.map((serial) => Buffer.from(hex(serial.toString(16)))),
      );
      if (first > 0n) expect(index.lookup(hex((first - 1n).toString(16))).state).toBe('not_issued');
      const beyond = first + 5_001n;
      if (beyond <= largest) expect(index.lookup(hex(beyond.toString(16))).state).toBe('not_issued');
    }),
  );
});

it('knows the partition that a certificate was issued in', () => {
  const index = StatusIndex.create({ kind: 'sequential', first: '1' }, { partitions: true });
  index.put(hex('1'), { ...good(), partition: '13101' });
  index.put(hex('2'), good());
  expect(['1', '2', '3'].map((serial) => index.partitionOf(hex(serial)))).toEqual(['13101', undefined, undefined]);
});
