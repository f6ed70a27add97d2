// The entry of a worker thread: erasable TypeScript without Nest, as everything that it imports.
import { parentPort, workerData } from 'node:worker_threads';
import { OcspWorker } from './ocsp-worker.ts';
import { failureOf } from './protocol.ts';
import type { Order, WorkerStart } from './protocol.ts';
import { WorkerReport } from './worker-report.ts';

if (!parentPort) throw new Error('This is the entry of a worker thread.');
const port = parentPort;
const report = new WorkerReport(port);

try {
  const worker = await OcspWorker.start(workerData as WorkerStart, report);
  port.on('message', (order: Order) => worker.obey(order));
} catch (error) {
  report.send({ type: 'not_started', failure: failureOf(error) });
  process.exitCode = 1;
}
