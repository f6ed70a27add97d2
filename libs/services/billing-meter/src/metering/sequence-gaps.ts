import { Database } from '@kakunin/postgres';
import { HEALTH, type Health } from '@kakunin/runtime';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { MeteringMetrics } from './metering-metrics.ts';
import { type SequenceGap, SegmentStore } from './segment-store.ts';

/**
 * Watches the numbering of the journals. A gap does not make the meter unfit to count, so the check stays green: it is
 * the metric that alerts, and the detail that says where.
 */
@Injectable()
export class SequenceGaps implements OnModuleInit {
  #gaps: readonly SequenceGap[] = [];

  constructor(
    @Inject(SegmentStore) private readonly store: SegmentStore,
    @Inject(MeteringMetrics) private readonly metrics: MeteringMetrics,
    @Inject(Database) private readonly database: Database,
    @Inject(HEALTH) private readonly health: Health,
  ) {}

  onModuleInit(): void {
    this.health.register('usage-segments', () => ({ ok: true, detail: this.#describe() }));
    // The database may be away at start; every batch that is counted looks again.
    this.database.whenReady().then(
      () => this.refresh(),
      () => undefined,
    );
  }

  /** Never rejects: what was counted stays counted, and the next batch looks again. */
  async refresh(): Promise<void> {
    try {
      this.#gaps = await this.store.gaps();
    } catch {
      return;
    }
    this.metrics.onGaps(this.#gaps.reduce((sum, { missing }) => sum + missing, 0n));
  }

  #describe(): string {
    if (this.#gaps.length === 0) return 'no gap';
    const where = this.#gaps.map(({ producer, missing }) => `${missing} of producer ${producer}`).join(', ');
    return `segments are missing: ${where}; look into usage-segments.dead-letter, then at the journals of these producers`;
  }
}
