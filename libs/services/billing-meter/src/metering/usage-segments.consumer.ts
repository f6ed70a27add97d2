import { type EventBatch, USAGE_SEGMENTS } from '@kakunin/event-log';
import { consumeAs } from '@kakunin/event-transport';
import { readSegmentEvent } from '@kakunin/usage';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { GroupedCount } from './grouped-count.ts';

/** Of a partition at once: 8 MB, when they are as large as journals seal them. */
const MOST_SEGMENTS = 16;

/** Counts the segments of the usage journals, each once, however often the log delivers it. */
@Controller()
export class UsageSegmentsConsumer {
  constructor(@Inject(GroupedCount) private readonly grouped: GroupedCount) {}

  /**
   * When it rejects, nothing of the batch was counted.
   * @throws UsageError `invalid_segment` | `segment_mismatch`; MeteringError `segment_conflict` | `segment_from_future`
   */
  @EventPattern(USAGE_SEGMENTS, consumeAs({ group: 'billing-meter', maxBatchSize: MOST_SEGMENTS }))
  async count(@Payload() batch: EventBatch): Promise<void> {
    await this.grouped.count(batch.map((event) => ({ ...readSegmentEvent(event), kind: 'journal' })));
  }
}
