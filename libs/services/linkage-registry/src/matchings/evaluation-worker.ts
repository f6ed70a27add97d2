import { parentPort } from 'node:worker_threads';
import { blindEvaluate } from './voprf.ts';

/** What the thread is asked; it answers with `id` and the evaluation. */
export interface EvaluationOrder {
  readonly id: number;
  readonly privateKey: Uint8Array;
  readonly request: Uint8Array;
}
export interface EvaluationReport {
  readonly id: number;
  readonly evaluation: Uint8Array | undefined;
}

async function answer({ id, privateKey, request }: EvaluationOrder): Promise<void> {
  const evaluation = await blindEvaluate(privateKey, request);
  parentPort!.postMessage({ id, evaluation } satisfies EvaluationReport);
}

parentPort?.on('message', (order: EvaluationOrder) => void answer(order));
