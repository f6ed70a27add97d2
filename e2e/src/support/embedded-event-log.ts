import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PostgresEventLog } from '@kakunin/event-log-postgres';

/** Lines of `postmaster.pid`, as PostgreSQL documents them. */
const PID_LINE = 0;
const PORT_LINE = 3;

/** The embedded PostgreSQL of the one-process system with its data in `<folder>/.kakunin`. */
export function embeddedPostgres(folder: string): { readonly pid: number; readonly port: number } {
  const lines = readFileSync(join(folder, '.kakunin/postgres/postmaster.pid'), 'utf8').split('\n');
  return { pid: Number(lines[PID_LINE]), port: Number(lines[PORT_LINE]) };
}

/** A second hand on the event log of the one-process system: what no service of ours would write. The caller closes it. */
export async function openEmbeddedEventLog(folder: string): Promise<PostgresEventLog> {
  const password = readFileSync(join(folder, '.kakunin/postgres/kakunin-password'), 'utf8');
  const { port } = embeddedPostgres(folder);
  const eventLog = new PostgresEventLog({
    url: `postgresql://kakunin:${password}@127.0.0.1:${port}/kakunin_event_log`,
  });
  await eventLog.whenReady();
  return eventLog;
}
