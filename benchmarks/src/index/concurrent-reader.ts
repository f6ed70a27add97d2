import { packedState, StatusIndexReader } from '@kakunin/status-index';
import type { StatusIndexMemory } from '@kakunin/status-index';
import { parentPort, workerData } from 'node:worker_threads';
import { sequentialSerials } from './serial-writer.ts';

export interface ReaderData {
  readonly memory: StatusIndexMemory;
  readonly count: number;
  /** Word 0: end; word 1: look-ups so far, in thousands. */
  readonly progress: SharedArrayBuffer;
}

/** Looks up in random order until it is told to end. Runs in a worker thread. */
export function readConcurrently(): void {
  const { memory, count, progress } = workerData as ReaderData;
  const reader = new StatusIndexReader(memory);
  const serialOf = sequentialSerials();
  const words = new Int32Array(progress);
  const state = packedState();
  while (Atomics.load(words, 0) === 0) {
    for (let look = 0; look < 1000; look += 1) {
      reader.stateAt(reader.locate(serialOf(Math.floor(Math.random() * count))), state);
    }
    Atomics.add(words, 1, 1);
  }
  parentPort?.postMessage('ended');
}
