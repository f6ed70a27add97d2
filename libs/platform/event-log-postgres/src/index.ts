export { PostgresEventLog } from './postgres-event-log.ts';
