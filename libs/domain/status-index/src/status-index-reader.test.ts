import { serialNumberOctets } from '@kakunin/x509';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { StatusIndex } from './status-index.ts';

/** Reads for ever; an answer whose three instants differ is torn, and a serial number seen once must stay. */
const READER = `
  import { parentPort, workerData } from 'node:worker_threads';
  const { StatusIndexReader } = await import(workerData.module);
  const { memory, serials, stop } = workerData;
  const reader = new StatusIndexReader(memory);
  const seen = new Set();
  let torn = 0, lost = 0, reads = 0, revoked = 0;
  while (Atomics.load(stop, 0) === 0) {
    for (const [ordinal, serial] of serials.entries()) {
      const found = reader.lookup(serial);
      reads += 1;
      if (found.state === 'not_issued') { if (seen.has(ordinal)) lost += 1; continue; }
      seen.add(ordinal);
      if (found.state !== 'revoked') continue;
      revoked += 1;
      if (found.notAfter !== found.revocationDate || found.notAfter !== found.invalidityDate) torn += 1;
    }
    Atomics.add(stop, 1, 1);
  }
  parentPort.postMessage({ torn, lost, reads, revoked, issued: reader.issuedCount });
`;

describe.each(['sequential', 'random'] as const)('readers in another thread of a %s index', (kind) => {
  it('see whole entries while it grows and changes', async () => {
    const index = StatusIndex.create(kind === 'random' ? { kind } : { kind, first: '1' });
    const serials = Array.from({ length: 4000 }, (_, ordinal) => serialNumberOctets((ordinal + 1).toString(16)));
    const stop = new Int32Array(new SharedArrayBuffer(8));
    const module = new URL('./status-index-reader.ts', import.meta.url).href;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(READER)}`), {
      workerData: { module, memory: index.memory, serials, stop },
      execArgv: ['--conditions=@kakunin/source'],
    });
    const report = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    for (let round = 1; Atomics.load(stop, 1) < 30 && worker.threadId !== -1; round += 1) {
      for (const [at, serial] of serials.entries()) {
        const instant = (round * 10_000 + at) * 64_000;
        index.put(serial, {
          notAfter: instant,
          carrier: 'card',
          status: { status: 'revoked', reason: 'certificateHold', revocationDate: instant, invalidityDate: instant },
        });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    Atomics.store(stop, 0, 1);
    expect(await report).toMatchObject({ torn: 0, lost: 0, issued: serials.length });
  });
});
