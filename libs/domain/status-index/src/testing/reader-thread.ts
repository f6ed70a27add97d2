import { Worker } from 'node:worker_threads';
import type { StatusIndexMemory } from '../shared-memory.ts';

export interface ReaderThread {
  /** How often it went through all serial numbers. */
  readonly rounds: () => number;
  /** Ends it. @returns what it counted */
  readonly end: () => Promise<Record<string, number>>;
}

const PROGRAM = (look: string): string => `
  import { parentPort, workerData } from 'node:worker_threads';
  const { StatusIndexReader } = await import(workerData.module);
  const { memory, serials, progress } = workerData;
  const reader = new StatusIndexReader(memory);
  const look = ${look};
  let counted = {};
  while (Atomics.load(progress, 0) === 0) {
    counted = look(reader, serials, counted);
    Atomics.add(progress, 1, 1);
  }
  parentPort.postMessage(counted);
`;

/**
 * A reader in a worker thread, as services have them: it loads the sources with their types stripped.
 * @param look JavaScript of a function of reader, serials and what it returned before: what it counts
 */
export function startReader(memory: StatusIndexMemory, serials: readonly Uint8Array[], look: string): ReaderThread {
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const module = new URL('../status-index-reader.ts', import.meta.url).href;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(PROGRAM(look))}`), {
    workerData: { module, memory, serials, progress },
    execArgv: ['--conditions=@kakunin/source'],
  });
  const counted = new Promise<Record<string, number>>((resolve, reject) => {
    worker.once('message', resolve).once('error', (error) => {
      // Who waits for rounds must not wait for ever.
      Atomics.store(progress, 1, 2 ** 30);
      reject(error);
    });
  });
  return {
    rounds: () => Atomics.load(progress, 1),
    end: () => {
      Atomics.store(progress, 0, 1);
      return counted;
    },
  };
}
