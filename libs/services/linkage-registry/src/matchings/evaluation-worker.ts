import { parentPort } from 'node:worker_threads';
import { blindEvaluate } from './voprf.ts';

/** What the thread is asked; it answers with `id` and the evaluation, in the order of the questions. */
export interface EvaluationOrder {
  readonly id: number;
  readonly privateKey: Uint8Array;
  readonly request: Uint8Array;
}
export interface EvaluationReport {
  readonly id: number;
  readonly evaluation: Uint8Array | undefined;
}

let last: Promise<void> = Promise.resolve();
parentPort?.on('message', ({ id, privateKey, request }: EvaluationOrder) => {
  last = last.then(async () => {
    const evaluation = await blindEvaluate(privateKey, request);
    parentPort!.postMessage({ id, evaluation } satisfies EvaluationReport);
  });
});
