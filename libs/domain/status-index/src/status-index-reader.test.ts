import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { StatusIndex } from './status-index.ts';
import { SCHEMES } from './testing/serials.ts';

/**
 * Looks up for ever. The fields of a revoked certificate and its fingerprint are functions of one number, so that a look-up
 * that saw half of a change is told by them; what was seen once must never be gone.
 */
const READER = `
  import { parentPort, workerData } from 'node:worker_threads';
  const { StatusIndexReader } = await import(workerData.module);
  const { memory, serials, stop } = workerData;
  const reader = new StatusIndexReader(memory);
  const state = { flags: 0, revocationDate: 0, invalidityDate: 0, notAfter: 0 };
  const fingerprint = new Uint8Array(32);
  const seen = new Uint8Array(serials.length);
  const seenAs = { torn: 0, lost: 0, good: 0, revoked: 0, misfiled: 0 };
  while (Atomics.load(stop, 0) === 0) {
    for (let n = 0; n < serials.length; n += 1) {
      const ordinal = reader.locate(serials[n]);
      reader.stateAt(ordinal, state);
      if (state.flags === 0) { seenAs.lost += seen[n]; continue; }
      seen[n] = 1;
      if (!reader.fingerprintAt(ordinal, fingerprint) || fingerprint.some((octet) => octet !== fingerprint[0])) seenAs.torn += 1;
      if ((state.flags & 2) === 0) { seenAs.good += 1; if (state.flags !== (n % 2 ? 1 : 5)) seenAs.torn += 1; continue; }
      seenAs.revoked += 1;
      const { revocationDate, invalidityDate, notAfter, flags } = state;
      if (notAfter !== revocationDate || (flags & 8 ? invalidityDate !== revocationDate : invalidityDate !== 0)) seenAs.torn += 1;
      // Another's entry: the date says whose it is.
      if ((revocationDate / 64) % serials.length !== n) seenAs.misfiled += 1;
    }
    for (const { revocationDate, notAfter, invalidityDate } of reader.revokedEntries()) {
      if (notAfter !== revocationDate || (invalidityDate ?? revocationDate) !== revocationDate) seenAs.torn += 1;
    }
    Atomics.add(stop, 1, 1);
  }
  parentPort.postMessage(seenAs);
`;

const CERTIFICATES = 5_000;
const ROUNDS = 10;

/** In each round another half is revoked; some of those with an invalidity date. Each change shifts what lies behind it. */
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
      fingerprint: new Uint8Array(32).fill(1 + (round % 250)),
    });
  }
}

describe.each(SCHEMES)('readers in another thread of a %s index', (_, { scheme, options, serialAt }) => {
  it('see whole states while it grows and changes', async () => {
    const index = StatusIndex.create(scheme, { ...options, fingerprints: true });
    const serials = Array.from({ length: CERTIFICATES }, (_each, n) => serialAt(n));
    const stop = new Int32Array(new SharedArrayBuffer(8));
    const module = new URL('./status-index-reader.ts', import.meta.url).href;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(READER)}`), {
      workerData: { module, memory: index.memory, serials, stop },
      execArgv: ['--conditions=@kakunin/source'],
    });
    const report = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    for (let round = 0; Atomics.load(stop, 1) < ROUNDS && worker.threadId !== -1; round += 1) {
      change(index, serials, round);
      await new Promise((resolve) => setImmediate(resolve));
    }
    Atomics.store(stop, 0, 1);
    const seen = await report;
    expect(seen).toMatchObject({ torn: 0, lost: 0, misfiled: 0 });
    expect(Object.values(seen as object).filter((count) => count > 0)).toHaveLength(2);
    expect(index.issuedCount).toBe(CERTIFICATES);
  });
});
