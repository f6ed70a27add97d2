import { Worker } from 'node:worker_threads';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { EvaluationOrder, EvaluationReport } from './evaluation-worker.ts';

/** From its sources the thread loads them as they are; a bundle has it as a file of its own beside it. */
const FROM_SOURCES = import.meta.url.endsWith('.ts');
const ENTRY = new URL(FROM_SOURCES ? './evaluation-worker.ts' : './evaluation-worker.js', import.meta.url);
const OPTIONS = FROM_SOURCES ? { execArgv: ['--conditions=@kakunin/source'] } : {};

interface Waiting {
  readonly resolve: (evaluation: Uint8Array | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Evaluates in a thread of its own, which begins with the first matching: group arithmetic in JavaScript would hold up
 * everybody else for seconds. A thread that died is begun anew by the next question.
 */
@Injectable()
export class Evaluator implements BeforeApplicationShutdown {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  /** @returns undefined when the request holds no elements of the group */
  evaluate(privateKey: Uint8Array, request: Uint8Array): Promise<Uint8Array | undefined> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | undefined>();
    this.#waiting.set(id, { resolve, reject });
    this.#worker ??= this.#begin();
    this.#worker.postMessage({ id, privateKey, request } satisfies EvaluationOrder);
    return promise;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#worker?.terminate();
  }

  #begin(): Worker {
    const worker = new Worker(ENTRY, { ...OPTIONS, name: 'evaluation' });
    let failure: unknown = new Error('The thread that evaluates has ended.');
    worker.on('message', ({ id, evaluation }: EvaluationReport) => {
      this.#waiting.get(id)?.resolve(evaluation);
      this.#waiting.delete(id);
    });
    worker.once('error', (error) => (failure = error));
    worker.once('exit', () => {
      this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(failure);
      this.#waiting.clear();
    });
    return worker;
  }
}
