import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog, EventLogAdmin } from '@kakunin/event-log';
import { PostgresEventLog } from '@kakunin/event-log-postgres';
import { type CommonConfig, ConfigError, faultLog, type Logger, systemClock } from '@kakunin/runtime';

/** A database that is there answers well within this; one that is away is waited for while the service runs already. */
const FIRST_CONTACT_MS = 2_000;

export type EventLogChoice = Pick<CommonConfig, 'eventLog' | 'eventLogDatabaseUrl' | 'kafkaBrokers'>;

/**
 * The event log that the configuration names.
 * @throws ConfigError when what it needs is not configured
 */
export async function openEventLog(choice: EventLogChoice, logger: Logger): Promise<EventLog & EventLogAdmin> {
  const onFault = faultLog({ logger, message: 'the event log has a fault; trying again', clock: systemClock });
  if (choice.eventLog === 'kafka') {
    const brokers = required(choice.kafkaBrokers, 'KAFKA_BROKERS', 'Name the bootstrap servers, host:port,host:port.');
    // Loaded only where it is chosen: the embedded start has no use for a Kafka client.
    const { KafkaEventLog } = await import('@kakunin/event-log-kafka');
    return new KafkaEventLog({ brokers: brokers.split(',').map((broker) => broker.trim()), onFault });
  }
  const url = required(
    choice.eventLogDatabaseUrl,
    'EVENT_LOG_DATABASE_URL',
    'Name the database that all services share.',
  );
  const eventLog = new PostgresEventLog({ url, onFault });
  await Promise.race([eventLog.whenReady().catch(() => undefined), sleep(FIRST_CONTACT_MS, undefined, { ref: false })]);
  return eventLog;
}

function required(value: string | undefined, name: string, advice: string): string {
  if (!value) throw new ConfigError('the event log', [`KAKUNIN_${name}: is required. ${advice}`]);
  return value;
}
