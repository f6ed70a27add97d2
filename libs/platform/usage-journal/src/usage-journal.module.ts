import type { Clock } from '@kakunin/calendar';
import type { EventLog } from '@kakunin/event-log';
import { CLOCK, EVENT_LOG, HEALTH, LOGGER, METRICS } from '@kakunin/runtime';
import type { Health } from '@kakunin/runtime';
import { Inject } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { FileUsageJournal } from './file-usage-journal.ts';
import { journalHealth } from './journal-health.ts';
import { registerJournalMetrics } from './journal-metrics.ts';

/** The `UsageJournal` of this service. */
export const USAGE_JOURNAL = Symbol('usage-journal');

export interface UsageJournalOptions {
  readonly directory: string;
  readonly sealAfterMilliseconds?: number;
  readonly sealAfterOctets?: number;
  readonly retryWindowMilliseconds?: number;
  readonly repairAfterMilliseconds?: number;
}

/** Opens the journal when the service starts and closes it after the last request. */
export class UsageJournalModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(USAGE_JOURNAL) private readonly journal: FileUsageJournal,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(METRICS) private readonly metrics: Registry,
  ) {}

  onModuleInit(): void {
    this.health.register('usage-journal', () => journalHealth(this.journal.directories));
    registerJournalMetrics(this.journal.directories, this.clock, this.metrics);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.journal.close();
  }

  static register(options: UsageJournalOptions): DynamicModule {
    return {
      module: UsageJournalModule,
      global: true,
      providers: [
        {
          provide: USAGE_JOURNAL,
          useFactory: (eventLog: EventLog, clock: Clock, logger: Logger) =>
            FileUsageJournal.open({ ...options, eventLog, clock, logger }),
          inject: [EVENT_LOG, CLOCK, LOGGER],
        },
      ],
      exports: [USAGE_JOURNAL],
    };
  }
}
