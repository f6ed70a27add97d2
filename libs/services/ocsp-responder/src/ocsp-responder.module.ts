import { join } from 'node:path';
import { CallersModule } from '@kakunin/callers';
import { DigestKeyDirectory } from '@kakunin/digest-keys';
import { HEALTH, METRICS } from '@kakunin/runtime';
import type { Health } from '@kakunin/runtime';
import { StatusFeedModule } from '@kakunin/status-feed';
import { JournalDirectoriesModule } from '@kakunin/usage-journal';
import { Inject } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { OcspConfig } from './config.ts';
import { ClockFollower } from './pool/clock-follower.ts';
import { keepDigestKeys, registerDigestKeyMetrics } from './pool/digest-key-upkeep.ts';
import { registerPoolMetrics } from './pool/pool-metrics.ts';
import { POOL } from './pool/pool-providers.ts';
import { signersHealth } from './pool/signers-health.ts';
import { WorkerPool } from './pool/worker-pool.ts';

/** The responder's main thread: what the workers answer from, and what becomes of what they record. */
export class OcspResponderModule implements OnModuleInit, OnApplicationShutdown {
  private stopKeeping: (() => void) | undefined;

  constructor(
    @Inject(WorkerPool) private readonly pool: WorkerPool,
    @Inject(ClockFollower) private readonly clock: ClockFollower,
    @Inject(DigestKeyDirectory) private readonly digestKeys: DigestKeyDirectory,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(METRICS) private readonly metrics: Registry,
  ) {}

  onModuleInit(): void {
    this.health.register('workers', () => this.pool.health());
    this.health.register('signers', () => signersHealth(this.pool.places));
    this.health.register('digest-keys', () => this.digestKeys.health);
    registerPoolMetrics(this.pool, this.metrics);
    registerDigestKeyMetrics(this.digestKeys, this.metrics);
    this.stopKeeping = keepDigestKeys(this.digestKeys, () => this.pool.tellDigestKeys());
  }

  onApplicationShutdown(): void {
    this.clock.stop();
    this.stopKeeping?.();
  }

  static register(config: OcspConfig): DynamicModule {
    const { dataDirectory, statusMaxAgeSeconds, signersDirectory, sealingKeysDirectory = signersDirectory } = config;
    return {
      module: OcspResponderModule,
      imports: [
        CallersModule.register(),
        StatusFeedModule.register({
          consumer: 'ocsp-responder',
          snapshotDirectory: join(dataDirectory, 'status'),
          sealingKeysDirectory,
          maxAgeMilliseconds: statusMaxAgeSeconds * 1000,
        }),
        JournalDirectoriesModule.register({
          directory: join(dataDirectory, 'journal'),
          idleSealMilliseconds: config.journalIdleSealSeconds * 1000,
        }),
      ],
      providers: [...POOL],
    };
  }
}
