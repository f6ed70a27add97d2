import type { StatusIndex } from '@kakunin/status-index';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ReaderData } from './concurrent-reader.ts';
import { revokedAt } from './filled-index.ts';
import type { SerialWriter } from './serial-writer.ts';

const REVOKED = revokedAt(Date.UTC(2026, 10, 1));

export interface Revocations {
  /** Each second of CPU time of the thread that writes. */
  readonly perSecond: number;
  /** Look-ups of the other thread, each second meanwhile. */
  readonly lookUpsPerSecond: number;
}

/** Revokes these certificates, which were good, while another thread looks up. */
export async function revokeWhileRead(
  index: StatusIndex,
  serialOf: SerialWriter,
  ordinals: Uint32Array,
): Promise<Revocations> {
  const progress = new SharedArrayBuffer(8);
  const words = new Int32Array(progress);
  const workerData: ReaderData = { memory: index.memory, count: index.issuedCount, progress };
  const reader = new Worker(process.argv[1] ?? '', { argv: ['serve', 'index-reader'], workerData });
  const ended = once(reader, 'exit');
  while (Atomics.load(words, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const looked = Atomics.load(words, 1);
  const began = { cpu: process.threadCpuUsage(), at: performance.now() };
  for (const ordinal of ordinals) index.put(serialOf(ordinal), REVOKED);
  const { user, system } = process.threadCpuUsage(began.cpu);
  const lookUpsPerSecond = ((Atomics.load(words, 1) - looked) * 1_000_000) / (performance.now() - began.at);
  Atomics.store(words, 0, 1);
  await ended;
  return { perSecond: (ordinals.length / (user + system)) * 1_000_000, lookUpsPerSecond };
}
