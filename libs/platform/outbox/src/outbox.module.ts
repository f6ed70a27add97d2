import type { Clock } from '@kakunin/calendar';
import type { EventLog } from '@kakunin/event-log';
import { Database } from '@kakunin/postgres';
import { CLOCK, EVENT_LOG, HEALTH, type Health, LOGGER, type Logger, METRICS } from '@kakunin/runtime';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Registry } from 'prom-client';
import { registerOutboxMetrics } from './outbox-metrics.ts';
import { type CaughtUp, OutboxRelay } from './outbox-relay.ts';

export interface OutboxModuleOptions {
  readonly trackedTopics?: readonly string[];
  /** Injection token of who is told that the outbox is empty. */
  readonly onCaughtUp?: symbol;
}

/** Told by the leading relay, about once a second, how far the log is. */
export interface CaughtUpListener {
  onCaughtUp(caughtUp: CaughtUp): Promise<void>;
}

/** Waiting longer than this, an event is late: what was acknowledged to a caller has not reached the others. */
const LATE_MS = 10_000;
const NOBODY = Symbol('nobody');

@Injectable()
class OutboxLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(OutboxRelay) private readonly relay: OutboxRelay,
    @Inject(Database) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(METRICS) private readonly metrics: Registry,
  ) {}

  onApplicationBootstrap(): void {
    this.health.register('outbox', () => {
      const { leads, fault, caughtUpAt } = this.relay;
      if (fault === undefined && !leads) return { ok: true, detail: 'another process publishes; this one stands by' };
      const behind = this.clock.now() - caughtUpAt;
      if (behind < LATE_MS) return { ok: true, detail: `published up to ${Math.round(behind / 1000)} s ago` };
      const reason = fault ?? 'the event log takes less than comes in';
      return {
        ok: false,
        detail: `events wait since ${Math.round(behind / 1000)} s: ${reason}; bring the event log or the database back, the rest goes by itself`,
      };
    });
    registerOutboxMetrics(this.metrics, this.database);
    this.relay.start();
  }

  /** Before the database closes, which waits for the relay's connection. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.close();
  }
}

/** Runs the relay of a service's outbox; the tables come with `prisma/outbox.sql`. */
export class OutboxModule {
  static register({ trackedTopics = [], onCaughtUp = NOBODY }: OutboxModuleOptions = {}): DynamicModule {
    return {
      module: OutboxModule,
      providers: [
        {
          provide: OutboxRelay,
          inject: [Database, EVENT_LOG, CLOCK, LOGGER, { token: onCaughtUp, optional: true }],
          useFactory: (
            database: Database,
            eventLog: EventLog,
            clock: Clock,
            logger: Logger,
            listener: CaughtUpListener | undefined,
          ) =>
            new OutboxRelay({
              database,
              eventLog,
              clock,
              trackedTopics,
              onFault: (error) => logger.warn({ err: error }, 'the outbox cannot be published; trying again'),
              ...(listener && { onCaughtUp: (caughtUp) => listener.onCaughtUp(caughtUp) }),
            }),
        },
        OutboxLifecycle,
      ],
    };
  }
}
