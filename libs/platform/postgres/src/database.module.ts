import type { Clock } from '@kakunin/calendar';
import { CLOCK, faultLog, HEALTH, type Health, LOGGER, type Logger, METRICS } from '@kakunin/runtime';
import { type DynamicModule, Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { registerDatabaseMetrics } from './database-metrics.ts';
import { Database } from './database.ts';

export interface DatabaseModuleOptions {
  readonly url: string;
  /** See `migrationsOf`. */
  readonly migrationsDirectory: string;
  readonly maxConnections?: number;
  /** See `DatabaseOptions`. */
  readonly patienceMilliseconds?: number;
}

const PING_INTERVAL_MS = 1_000;

/** Keeps the health check `database` honest also while no request comes, and closes the pool at the end. */
@Injectable()
class DatabaseLifecycle implements OnModuleInit, OnApplicationShutdown {
  #pings: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(METRICS) private readonly metrics: Registry,
  ) {}

  onModuleInit(): void {
    this.health.register('database', () => {
      const { fault } = this.database;
      return fault === undefined
        ? { ok: true, detail: 'answers' }
        : { ok: false, detail: `${fault}; start PostgreSQL or check the database URL, the service connects by itself` };
    });
    registerDatabaseMetrics(this.metrics, this.database);
    this.#pings = setInterval(() => void this.database.ping(), PING_INTERVAL_MS);
    this.#pings.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#pings);
    await this.database.close();
  }
}

/** Gives a service its `Database`. */
export class DatabaseModule {
  static register(options: DatabaseModuleOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: Database,
          inject: [LOGGER, CLOCK],
          useFactory: (logger: Logger, clock: Clock) =>
            new Database({
              ...options,
              onFault: faultLog({ logger, message: 'the database has a fault; trying again', clock }),
            }),
        },
        DatabaseLifecycle,
      ],
      exports: [Database],
    };
  }
}
