import { Worker } from 'node:worker_threads';
import type { Failure, Order, Report, WorkerStart } from '../worker/protocol.ts';

/** Closing that takes longer is cut off: what was acknowledged is durable already. */
const CLOSE_LIMIT_MS = 20_000;

/** From its sources the thread loads them as they are; a bundle has the worker as a file of its own beside it. */
const FROM_SOURCES = import.meta.url.endsWith('.ts');
const ENTRY = new URL(FROM_SOURCES ? '../worker/worker.ts' : './ocsp-worker.js', import.meta.url);
const OPTIONS = FROM_SOURCES ? { execArgv: ['--conditions=@kakunin/source'] } : {};

/** One life of a worker thread. */
export class WorkerThread {
  /** Why it ended, once nothing of it runs any more; never rejects. */
  readonly ended: Promise<string>;
  readonly #worker: Worker;

  constructor(start: WorkerStart, onReport: (report: Report) => void) {
    const worker = new Worker(ENTRY, { ...OPTIONS, workerData: start, name: `ocsp-${start.number}` });
    this.#worker = worker;
    worker.on('message', onReport);
    let thrown: string | undefined;
    worker.once('error', (error) => {
      thrown = (error as Error).stack ?? String(error);
    });
    this.ended = new Promise((resolve) => worker.once('exit', (code) => resolve(thrown ?? `it exited with ${code}`)));
  }

  order(order: Order): void {
    this.#worker.postMessage(order);
  }

  /** Lets it answer what was asked and seal its journal; `closed` is what it says then. */
  async close(closed: Promise<unknown>): Promise<void> {
    this.order({ type: 'close' });
    let limit: NodeJS.Timeout | undefined;
    const tooLong = new Promise((resolve) => {
      limit = setTimeout(resolve, CLOSE_LIMIT_MS);
    });
    await Promise.race([closed, this.ended, tooLong]);
    clearTimeout(limit);
    await this.terminate();
  }

  /** Ends it at once, whatever it does. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** An error that a worker told of, as one of this thread. */
export const errorOf = ({ message, ...rest }: Failure): Error => Object.assign(new Error(message), rest);
