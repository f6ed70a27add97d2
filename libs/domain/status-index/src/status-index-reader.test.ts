import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { StatusIndex } from './status-index.ts';
import { startReader } from './testing/reader-thread.ts';
import { RANDOM, SCHEMES } from './testing/serials.ts';

/**
 * The fields of a revoked certificate are functions of one number that also says whose they are, so that a look-up that saw
 * half of a change, or another's entry, is told by them. What was seen once must never be gone.
 */
const LOOK_AT_STATES = `(reader, serials, counted) => {
  const { torn = 0, misfiled = 0, lost = 0, good = 0, revoked = 0, seen = {} } = counted;
  const now = { torn, misfiled, lost, good, revoked, seen };
  const state = { flags: 0, revocationDate: 0, invalidityDate: 0, notAfter: 0 };
  for (let n = 0; n < serials.length; n += 1) {
    reader.stateAt(reader.locate(serials[n]), state);
    const { revocationDate, invalidityDate, notAfter, flags } = state;
    if (flags === 0) { now.lost += seen[n] ?? 0; continue; }
    seen[n] = 1;
    if ((flags & 4) !== (n % 2 ? 0 : 4)) now.torn += 1;
    if ((flags & 2) === 0) { now.good += 1; continue; }
    now.revoked += 1;
    if (notAfter !== revocationDate || invalidityDate !== (flags & 8 ? revocationDate : 0)) now.torn += 1;
    if ((revocationDate / 64) % serials.length !== n) now.misfiled += 1;
  }
  for (const { revocationDate, notAfter, invalidityDate } of reader.revokedEntries()) {
    if (notAfter !== revocationDate || (invalidityDate ?? revocationDate) !== revocationDate) now.torn += 1;
  }
  return now;
}`;

const CERTIFICATES = 5_000;
const ROUNDS = 10;

/** In each round another half is revoked, some with an invalidity date. Each change shifts what lies behind it. */
function change(index: StatusIndex, serials: readonly Uint8Array[], round: number): void {
  for (const [n, serial] of serials.entries()) {
    const instant = (round * serials.length + n) * 64_000;
    const invalidityDate = n % 7 === round ? { invalidityDate: instant } : {};
    const revoked = {
      status: 'revoked',
      reason: 'certificateHold',
      revocationDate: instant,
      ...invalidityDate,
    } as const;
    index.put(serial, {
      notAfter: instant,
      carrier: n % 2 ? 'card' : 'smartphone',
      status: (n * 31 + round) % 4 < 2 ? revoked : { status: 'good' },
    });
  }
}

describe('readers in another thread', () => {
  it.each(SCHEMES)('see whole states while a %s index grows and changes', async (_, { scheme, options, serialAt }) => {
    const index = StatusIndex.create(scheme, options);
    const serials = Array.from({ length: CERTIFICATES }, (_each, n) => serialAt(n));
    const reader = startReader(index.memory, serials, LOOK_AT_STATES);
    for (let round = 0; reader.rounds() < ROUNDS; round += 1) {
      change(index, serials, round);
      await setImmediate();
    }
    const { good, revoked, ...wrong } = await reader.end();
    expect(wrong).toMatchObject({ torn: 0, misfiled: 0, lost: 0 });
    expect(Math.min(good!, revoked!)).toBeGreaterThan(0);
  });

  const LOOK_AT_PLACES = `(reader, serials, { lost = 0, torn = 0 }) => {
    const fingerprint = new Uint8Array(32);
    for (let n = 0; n < serials.length; n += 1) {
      if (reader.locate(serials[n]) !== n) lost += 1;
      reader.fingerprintAt(0, fingerprint);
      if (fingerprint.some((octet) => octet !== fingerprint[0])) torn += 1;
    }
    return { lost, torn };
  }`;

  it('find what was there before while the table of random serial numbers grows, and whole fingerprints', async () => {
    const { scheme, serialAt } = RANDOM;
    const index = StatusIndex.create(scheme, { fingerprints: true });
    const put = (n: number, fingerprint?: Uint8Array): unknown =>
      index.put(serialAt(n), { notAfter: 0, carrier: 'card', status: { status: 'good' }, fingerprint });
    const known = 1_000;
    for (let n = 0; n < known; n += 1) put(n, new Uint8Array(32).fill(1));
    const reader = startReader(
      index.memory,
      Array.from({ length: known }, (_, n) => serialAt(n)),
      LOOK_AT_PLACES,
    );
    while (reader.rounds() === 0) await setImmediate();
    for (let n = known; n < 40_000; n += 1) {
      put(n);
      put(0, new Uint8Array(32).fill(1 + (n % 200)));
    }
    expect(await reader.end()).toEqual({ lost: 0, torn: 0 });
  });
});
