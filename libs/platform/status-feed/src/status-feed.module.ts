import type { Clock } from '@kakunin/calendar';
import type { EventLog } from '@kakunin/event-log';
import { DeadLetterTopic } from '@kakunin/event-transport';
import { CLOCK, EVENT_LOG, HEALTH, LOGGER, METRICS } from '@kakunin/runtime';
import type { Health } from '@kakunin/runtime';
import { Inject } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { SealingKeysDirectory } from './sealing-keys-directory.ts';
import { SnapshotDirectory } from './snapshot-directory.ts';
import { SnapshotKeeper } from './snapshot-keeper.ts';
import { STATUS_DEAD_LETTERS, StatusDeadLetters } from './status-dead-letters.ts';
import { StatusFeedController } from './status-feed.controller.ts';
import { StatusFeed } from './status-feed.ts';
import { statusHealth } from './status-health.ts';
import { registerStatusMetrics } from './status-metrics.ts';
import { STATUS_POSITIONS, StatusPositions } from './status-positions.ts';

export interface StatusFeedOptions {
  /** Of the service: named in the dead letters that it writes. */
  readonly consumer: string;
  /** Belongs to this feed alone. */
  readonly snapshotDirectory: string;
  /** Where the keys of authorities with sealed serial numbers lie: see {@link SealingKeysDirectory}. */
  readonly sealingKeysDirectory?: string | undefined;
  /** Default 60,000. Watermarks come every second: a minute bridges a restart of the registry and stays far under the 15 minutes allowed. */
  readonly maxAgeMilliseconds?: number;
  /** Default 100,000: a start then replays about a second's worth of events. */
  readonly snapshotAfterEvents?: number;
  /** Default 300,000. */
  readonly snapshotAfterMilliseconds?: number;
}

const SNAPSHOT_DIRECTORY = Symbol('snapshot-directory');

/** Provides the {@link StatusFeed} of this service, kept up to date by its subscriptions. */
export class StatusFeedModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(StatusFeed) private readonly feed: StatusFeed,
    @Inject(SnapshotKeeper) private readonly keeper: SnapshotKeeper,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(METRICS) private readonly metrics: Registry,
  ) {}

  onModuleInit(): void {
    this.health.register('status-data', () => statusHealth(this.feed, this.clock));
    registerStatusMetrics(this.feed, this.clock, this.metrics);
    this.keeper.start();
  }

  /** After the subscriptions have ended. */
  async onApplicationShutdown(): Promise<void> {
    await this.keeper.stop();
  }

  static register(options: StatusFeedOptions): DynamicModule {
    return {
      module: StatusFeedModule,
      global: true,
      controllers: [StatusFeedController],
      providers: [
        {
          provide: SNAPSHOT_DIRECTORY,
          useFactory: (logger: Logger) => new SnapshotDirectory(options.snapshotDirectory, logger),
          inject: [LOGGER],
        },
        {
          provide: StatusFeed,
          useFactory: (clock: Clock, directory: SnapshotDirectory) => feedOf(options, clock, directory),
          inject: [CLOCK, SNAPSHOT_DIRECTORY],
        },
        {
          provide: SnapshotKeeper,
          useFactory: (feed: StatusFeed, directory: SnapshotDirectory, logger: Logger) =>
            new SnapshotKeeper({ feed, directory, logger, schedule: scheduleOf(options) }),
          inject: [StatusFeed, SNAPSHOT_DIRECTORY, LOGGER],
        },
        {
          provide: STATUS_POSITIONS,
          useFactory: (feed: StatusFeed, eventLog: EventLog, logger: Logger) =>
            new StatusPositions(feed, eventLog, logger),
          inject: [StatusFeed, EVENT_LOG, LOGGER],
        },
        {
          provide: STATUS_DEAD_LETTERS,
          useFactory: (feed: StatusFeed, eventLog: EventLog) =>
            new StatusDeadLetters(feed, new DeadLetterTopic(eventLog, options.consumer)),
          inject: [StatusFeed, EVENT_LOG],
        },
      ],
      exports: [StatusFeed],
    };
  }
}

function feedOf(options: StatusFeedOptions, clock: Clock, directory: SnapshotDirectory): StatusFeed {
  const sealingKeys = new SealingKeysDirectory(options.sealingKeysDirectory);
  return new StatusFeed({
    clock,
    maxAge: options.maxAgeMilliseconds ?? 60_000,
    snapshot: directory.load(),
    sealingKeysOf: (authorityId) => sealingKeys.keysOf(authorityId),
  });
}

const scheduleOf = ({ snapshotAfterEvents, snapshotAfterMilliseconds }: StatusFeedOptions) => ({
  afterEvents: snapshotAfterEvents ?? 100_000,
  afterMilliseconds: snapshotAfterMilliseconds ?? 300_000,
});
