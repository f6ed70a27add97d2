import { join } from 'node:path';
import { CallersModule, RELYING_PARTIES } from '@kakunin/callers';
import type { Clock } from '@kakunin/calendar';
import type { RelyingPartyDirectory } from '@kakunin/relying-parties';
import { CLOCK, CONFIG, HEALTH, LOGGER, METRICS, systemClock } from '@kakunin/runtime';
import type { Health } from '@kakunin/runtime';
import { StatusFeed, StatusFeedModule } from '@kakunin/status-feed';
import { JournalDirectories, JournalDirectoriesModule } from '@kakunin/usage-journal';
import { Inject } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { OcspConfig } from './config.ts';
import { certificateDigestKey } from './metering/certificate-digest-key.ts';
import { ClockFollower } from './pool/clock-follower.ts';
import { signersHealth } from './pool/signers-health.ts';
import { registerPoolMetrics } from './pool/pool-metrics.ts';
import { WorkerPool } from './pool/worker-pool.ts';

/** The responder's main thread: what the workers answer from, and what becomes of what they record. */
export class OcspResponderModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(WorkerPool) private readonly pool: WorkerPool,
    @Inject(ClockFollower) private readonly clock: ClockFollower,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(METRICS) private readonly metrics: Registry,
  ) {}

  onModuleInit(): void {
    this.health.register('workers', () => this.pool.health());
    this.health.register('signers', () => signersHealth(this.pool.places));
    registerPoolMetrics(this.pool, this.metrics);
  }

  onApplicationShutdown(): void {
    this.clock.stop();
  }

  static register(config: OcspConfig): DynamicModule {
    return {
      module: OcspResponderModule,
      imports: [
        CallersModule.register(),
        StatusFeedModule.register({
          consumer: 'ocsp-responder',
          snapshotDirectory: join(config.dataDirectory, 'status'),
          maxAgeMilliseconds: config.statusMaxAgeSeconds * 1000,
        }),
        JournalDirectoriesModule.register({ directory: join(config.dataDirectory, 'journal') }),
      ],
      providers: [
        {
          provide: ClockFollower,
          useFactory: (clock: Clock) => new ClockFollower(clock === systemClock ? undefined : clock),
          inject: [CLOCK],
        },
        {
          provide: WorkerPool,
          useFactory: (
            settings: OcspConfig,
            feed: StatusFeed,
            directory: RelyingPartyDirectory,
            journals: JournalDirectories,
            logger: Logger,
            clock: ClockFollower,
          ) =>
            new WorkerPool({
              config: settings,
              feed,
              directory,
              journals,
              logger,
              clock: clock.memory,
              certificateDigestKey: certificateDigestKey(join(settings.dataDirectory, 'certificate-digest.key')),
            }),
          inject: [CONFIG, StatusFeed, RELYING_PARTIES, JournalDirectories, LOGGER, ClockFollower],
        },
      ],
    };
  }
}
