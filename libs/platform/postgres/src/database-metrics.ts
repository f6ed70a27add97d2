import { Gauge, type Registry } from 'prom-client';
import type { Database } from './database.ts';

/** How busy the pool is, as it is at each scrape. */
export function registerDatabaseMetrics(registry: Registry, { pool }: Database): void {
  const registers = [registry];
  const connections: Gauge<'state'> = new Gauge({
    name: 'kakunin_database_connections',
    help: 'Connections of this process to its database, by state: in_use, idle.',
    labelNames: ['state'],
    registers,
    collect: () => {
      connections.set({ state: 'in_use' }, pool.totalCount - pool.idleCount);
      connections.set({ state: 'idle' }, pool.idleCount);
    },
  });
  const waiting: Gauge = new Gauge({
    name: 'kakunin_database_waiting_calls',
    help: 'Calls of this process that wait for a connection, as all are in use.',
    registers,
    collect: () => waiting.set(pool.waitingCount),
  });
}
