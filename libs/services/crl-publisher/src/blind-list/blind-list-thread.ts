import { Worker } from 'node:worker_threads';
import type { BlindListReport, BlindListWork } from './blind-list-worker.ts';

/** From its sources the thread loads them as they are; a bundle has the worker as a file of its own beside it. */
const FROM_SOURCES = import.meta.url.endsWith('.ts');
const ENTRY = new URL(FROM_SOURCES ? './blind-list-worker.ts' : './blind-list-worker.js', import.meta.url);
const OPTIONS = FROM_SOURCES ? { execArgv: ['--conditions=@kakunin/source'] } : {};

/** Builds a list in a thread, which ends with the work. @param signal ends it at once */
export function buildInThread(work: BlindListWork, signal: AbortSignal): Promise<BlindListReport> {
  return new Promise((resolve) => {
    let report: BlindListReport = { failure: 'the thread ended without a list' };
    const worker = new Worker(ENTRY, { ...OPTIONS, workerData: work, name: 'blind-list' });
    const stop = (): void => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (told: BlindListReport) => (report = told));
    worker.once('error', (error) => (report = { failure: String(error) }));
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      resolve(report);
    });
  });
}
