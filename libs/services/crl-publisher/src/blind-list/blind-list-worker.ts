import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { BlindListError, type BlindListTimes } from '@kakunin/blind-list';
import { type StatusIndexMemory, StatusIndexReader } from '@kakunin/status-index';
import { buildBlindList, type BuiltBlindList } from './build-blind-list.ts';
import { SpillFile } from './spill-file.ts';

/** What the thread is started with. */
export interface BlindListWork {
  readonly memory: StatusIndexMemory;
  readonly times: BlindListTimes;
  readonly salt: Uint8Array;
  readonly base: readonly Uint8Array[];
  /** Where there is room for eight octets a certificate. */
  readonly spillDirectory: string;
}

export type BlindListReport = BuiltBlindList | { readonly failure: string };

/** Builds a list in a thread of its own: a microsecond a certificate, which would hold up what is served. */
function work({ memory, times, salt, base, spillDirectory }: BlindListWork): BlindListReport {
  const partitions = new SpillFile(spillDirectory);
  try {
    return buildBlindList({ index: new StatusIndexReader(memory), times, plan: { salt, partitions }, base });
  } catch (error) {
    return { failure: error instanceof BlindListError ? error.code : (error as Error).message };
  } finally {
    partitions.close();
  }
}

if (!isMainThread) {
  const report = work(workerData as BlindListWork);
  parentPort?.postMessage(report, 'octets' in report ? [report.octets.buffer] : []);
}
