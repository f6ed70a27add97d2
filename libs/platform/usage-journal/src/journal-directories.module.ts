import type { Clock } from '@kakunin/calendar';
import type { EventLog } from '@kakunin/event-log';
import { CLOCK, EVENT_LOG, HEALTH, LOGGER, METRICS } from '@kakunin/runtime';
import type { Health } from '@kakunin/runtime';
import { Inject } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { JournalDirectories } from './journal-directories.ts';
import type { JournalDirectoriesInput } from './journal-directories.ts';
import { journalHealth } from './journal-health.ts';
import { registerJournalMetrics } from './journal-metrics.ts';

export type JournalDirectoriesOptions = Pick<
  JournalDirectoriesInput,
  'directory' | 'retryWindowMilliseconds' | 'retryWindowCapacity' | 'idleSealMilliseconds'
>;

/** Opens the journals when the service starts, and closes them after their workers have ended. */
export class JournalDirectoriesModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(JournalDirectories) private readonly journals: JournalDirectories,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(METRICS) private readonly metrics: Registry,
  ) {}

  onModuleInit(): void {
    this.health.register('usage-journal', () => journalHealth(this.journals));
    registerJournalMetrics(this.journals, this.clock, this.metrics);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.journals.close();
  }

  static register(options: JournalDirectoriesOptions): DynamicModule {
    return {
      module: JournalDirectoriesModule,
      global: true,
      providers: [
        {
          provide: JournalDirectories,
          useFactory: (eventLog: EventLog, clock: Clock, logger: Logger) =>
            JournalDirectories.open({ ...options, eventLog, clock, logger }),
          inject: [EVENT_LOG, CLOCK, LOGGER],
        },
      ],
      exports: [JournalDirectories],
    };
  }
}
