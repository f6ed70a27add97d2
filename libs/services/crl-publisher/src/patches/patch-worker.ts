import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { openObjectStore } from '@kakunin/object-store';
import { patchCrl, type PatchOptions } from './patch-crl.ts';

/** What the thread is started with. */
export interface PatchWork {
  readonly storeUrl: string;
  /** CRLs to make patches to, in this order. */
  readonly keys: readonly string[];
  readonly options: PatchOptions;
}

/** What became of one CRL. */
export type PatchReport = { readonly key: string; readonly patches: number } | { readonly failure: string };

/** Makes patches in a thread of its own: a dictionary of 49 MB is copied and indexed for half a second. */
async function work({ storeUrl, keys, options }: PatchWork): Promise<void> {
  const store = await openObjectStore(storeUrl);
  const report = (told: PatchReport): void => parentPort?.postMessage(told);
  for (const key of keys) {
    try {
      const made = await patchCrl(store, key, options);
      if (made) report({ key, patches: made.patches.length });
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      report({ failure: code ?? message });
    }
  }
}

if (!isMainThread) await work(workerData as PatchWork);
