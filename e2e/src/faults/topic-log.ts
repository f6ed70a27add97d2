import { startTestKafka } from '@kakunin/testing';
import { startDurablePostgres } from './durable-postgres.ts';

export type LogKind = 'embedded' | 'kafka';

/** What the topics lie in. */
export interface TopicLog {
  /** How services are told of it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What runs it here; undefined where it is given, or runs in a container. */
  pid(): number | undefined;
  /** kill -9 */
  kill(): Promise<void>;
  /** Resolves when it is back after a kill. */
  recover(): Promise<void>;
  stop(): Promise<void>;
}

export const startTopicLog = (kind: LogKind): Promise<TopicLog> =>
  kind === 'embedded' ? startEmbeddedLog() : startBroker();

async function startEmbeddedLog(): Promise<TopicLog> {
  const postgres = await startDurablePostgres();
  const url = await postgres.createDatabase('kakunin_event_log');
  return {
    environment: { KAKUNIN_EVENT_LOG: 'postgres', KAKUNIN_EVENT_LOG_DATABASE_URL: url },
    pid: () => postgres.pid,
    kill: async () => postgres.kill(),
    recover: () => postgres.running(),
    stop: () => postgres.stop(),
  };
}

async function startBroker(): Promise<TopicLog> {
  const { brokers, pid, pause, resume, stop } = await startTestKafka();
  if (!pause || !resume) throw new Error('A broker of KAFKA_BROKERS cannot be killed: unset it.');
  return {
    environment: { KAKUNIN_EVENT_LOG: 'kafka', KAKUNIN_KAFKA_BROKERS: brokers.join() },
    pid: () => pid?.(),
    kill: pause,
    recover: resume,
    stop,
  };
}
