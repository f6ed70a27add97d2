import type { HealthResult } from '@kakunin/runtime';
import type { JournalDirectories } from './journal-directories.ts';

/** Red while records are refused: the service answers tryLater then. A backlog alone is not red: the disk bears it. */
export function journalHealth({ reports, backlog }: Pick<JournalDirectories, 'reports' | 'backlog'>): HealthResult {
  const { refusing } = reports;
  if (refusing !== undefined) return { ok: false, detail: refusing };
  const { segments } = backlog;
  return {
    ok: true,
    detail: segments === 0 ? 'all usage is handed over' : `segments that wait for the event log: ${segments}`,
  };
}
