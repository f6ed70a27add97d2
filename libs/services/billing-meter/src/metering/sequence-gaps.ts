import type { ProducerProgress } from '@kakunin/billing';
import { Database } from '@kakunin/postgres';
import { HEALTH, type Health } from '@kakunin/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { MeteringMetrics } from './metering-metrics.ts';
import { ProducerStore } from './producer-store.ts';

const REFRESH_MS = 30_000;

/**
 * Watches the numbering of the journals. A gap does not make the meter unfit to count, so the check stays green: it is
 * the metric that alerts, and the detail that says where.
 */
@Injectable()
export class SequenceGaps implements OnModuleInit, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #gaps: readonly ProducerProgress[] = [];

  constructor(
    @Inject(ProducerStore) private readonly producers: ProducerStore,
    @Inject(MeteringMetrics) private readonly metrics: MeteringMetrics,
    @Inject(Database) private readonly database: Database,
    @Inject(HEALTH) private readonly health: Health,
  ) {}

  onModuleInit(): void {
    this.health.register('usage-segments', () => ({ ok: true, detail: this.#describe() }));
    // The database may be away at start. A meter that has no partition to count learns from it what the others count.
    this.database.whenReady().then(
      () => this.refresh(),
      () => undefined,
    );
    this.#timer = setInterval(() => void this.refresh(), REFRESH_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Never rejects: what was counted stays counted, and the next batch looks again. */
  async refresh(): Promise<void> {
    try {
      const progress = await this.producers.progress();
      this.#gaps = progress.filter(({ missingSegments }) => missingSegments > 0n);
      this.metrics.onProgress(progress);
    } catch {
      return;
    }
  }

  #describe(): string {
    if (this.#gaps.length === 0) return 'no gap';
    const where = this.#gaps
      .map(({ producer, missingSegments }) => `${missingSegments} of producer ${producer}`)
      .join(', ');
    return `segments are missing: ${where}; look into usage-segments.dead-letter, then at the journals of these producers`;
  }
}
