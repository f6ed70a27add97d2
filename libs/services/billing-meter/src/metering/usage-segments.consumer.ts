import type { Clock } from '@kakunin/calendar';
import { type EventBatch, USAGE_SEGMENTS } from '@kakunin/event-log';
import { consumeAs } from '@kakunin/event-transport';
import { CLOCK } from '@kakunin/runtime';
import { readSegmentEvent } from '@kakunin/usage';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { MeteringMetrics } from './metering-metrics.ts';
import { SegmentStore } from './segment-store.ts';
import { SequenceGaps } from './sequence-gaps.ts';

/** Counts the segments of the usage journals, each once, however often the log delivers it. */
@Controller()
export class UsageSegmentsConsumer {
  constructor(
    @Inject(SegmentStore) private readonly store: SegmentStore,
    @Inject(SequenceGaps) private readonly gaps: SequenceGaps,
    @Inject(MeteringMetrics) private readonly metrics: MeteringMetrics,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * When it rejects, nothing of the batch was counted.
   * @throws UsageError `invalid_segment` | `segment_mismatch`; MeteringError `segment_conflict`
   */
  @EventPattern(USAGE_SEGMENTS, consumeAs({ group: 'billing-meter' }))
  async count(@Payload() batch: EventBatch): Promise<void> {
    const now = this.clock.now();
    this.metrics.onCounted(await this.store.count(batch.map(readSegmentEvent), now), now);
    await this.gaps.refresh();
  }
}
