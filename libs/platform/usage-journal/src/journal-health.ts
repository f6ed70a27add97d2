import type { HealthResult } from '@kakunin/runtime';
import type { FileUsageJournal } from './file-usage-journal.ts';

/** Red while records are refused: the service answers tryLater then. A backlog alone is not red: the disk bears it. */
export function journalHealth({ fault, figures }: Pick<FileUsageJournal, 'fault' | 'figures'>): HealthResult {
  if (fault !== undefined) {
    return { ok: false, detail: fault instanceof Error ? fault.message : 'The disk under the usage journal refuses.' };
  }
  const { segments } = figures.backlog;
  return {
    ok: true,
    detail: segments === 0 ? 'all usage is handed over' : `segments that wait for the event log: ${segments}`,
  };
}
