import { type EventLog, type EventRecord, type NewEvent, type Subscription, USAGE_SEGMENTS } from '@kakunin/event-log';
import { openEventLog } from '@kakunin/event-log-adapters';
import { createLogger } from '@kakunin/runtime';

/** Newest segments that come again. */
const KEPT = 8;

/**
 * A second hand on the topic of the segments, which does what a log that delivers at least once may do, and a faulty
 * one: the newest segments come again, in reverse order, and once more with an octet changed.
 */
export class Mischief {
  readonly #log: EventLog;
  readonly #newest: EventRecord[] = [];
  #subscription: Subscription | undefined;
  /** Damaged segments that were sent. */
  damaged = 0;
  repeated = 0;

  private constructor(log: EventLog) {
    this.#log = log;
  }

  static async start(environment: Readonly<Record<string, string>>): Promise<Mischief> {
    const log = await openEventLog(
      {
        eventLog: environment['KAKUNIN_EVENT_LOG'] as 'postgres' | 'kafka',
        eventLogDatabaseUrl: environment['KAKUNIN_EVENT_LOG_DATABASE_URL'],
        kafkaBrokers: environment['KAKUNIN_KAFKA_BROKERS'],
      },
      createLogger('mischief', 'silent'),
    );
    const mischief = new Mischief(log);
    mischief.#subscription = await log.subscribe({
      topics: [USAGE_SEGMENTS],
      start: { kind: 'positions', positions: await log.endPositions(USAGE_SEGMENTS) },
      maxBatchSize: 100,
      onBatch: async (batch) => {
        mischief.#newest.push(...batch);
        mischief.#newest.splice(0, mischief.#newest.length - KEPT);
      },
      onFault: () => undefined,
    });
    return mischief;
  }

  async play(): Promise<void> {
    const again = this.#newest.toReversed().map(({ topic, key, value, headers }) => ({ topic, key, value, headers }));
    if (again.length === 0) return;
    const damaged = again.slice(0, 1).map(damage);
    await this.#log.append([...again, ...damaged]);
    this.repeated += again.length;
    this.damaged += damaged.length;
  }

  async stop(): Promise<void> {
    await this.#subscription?.close();
    await this.#log.close();
  }
}

const damage = (event: NewEvent): NewEvent => ({
  ...event,
  value: event.value.map((octet, index) => (index === event.value.length - 1 ? octet ^ 1 : octet)),
});
