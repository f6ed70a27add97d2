import { Worker } from 'node:worker_threads';
import type { PatchReport, PatchWork } from './patch-worker.ts';

/** From its sources the thread loads them as they are; a bundle has the worker as a file of its own beside it. */
const FROM_SOURCES = import.meta.url.endsWith('.ts');
const ENTRY = new URL(FROM_SOURCES ? './patch-worker.ts' : './crl-patch-worker.js', import.meta.url);
const OPTIONS = FROM_SOURCES ? { execArgv: ['--conditions=@kakunin/source'] } : {};

/**
 * Makes patches in a thread, which ends with the work and gives its memory back.
 * @param signal ends it at once, wherever it is: a patch that is not listed is made again
 * @returns what became of each CRL that still needed any
 */
export function makePatches(work: PatchWork, signal: AbortSignal): Promise<readonly PatchReport[]> {
  return new Promise((resolve) => {
    const reports: PatchReport[] = [];
    const worker = new Worker(ENTRY, { ...OPTIONS, workerData: work, name: 'crl-patches' });
    const stop = (): void => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (report: PatchReport) => reports.push(report));
    worker.once('error', (error) => reports.push({ failure: String(error) }));
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      resolve(reports);
    });
  });
}
