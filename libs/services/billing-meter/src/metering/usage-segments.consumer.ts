import { createHash } from 'node:crypto';
import type { Clock } from '@kakunin/calendar';
import { type EventBatch, eventIdentity, type EventRecord, USAGE_SEGMENTS } from '@kakunin/event-log';
import { consumeAs } from '@kakunin/event-transport';
import { CLOCK } from '@kakunin/runtime';
import { readSegmentFrame, UsageError } from '@kakunin/usage';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { CountableSegment } from './countable-segment.ts';
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
   * @throws UsageError `invalid_segment` | `segment_mismatch`; MeteringError `segment_conflict` | `segment_from_future`
   */
  @EventPattern(USAGE_SEGMENTS, consumeAs({ group: 'billing-meter' }))
  async count(@Payload() batch: EventBatch): Promise<void> {
    const now = this.clock.now();
    this.metrics.onCounted(await this.store.count(batch.map(segmentOf), now), now);
    await this.gaps.refresh();
  }
}

/** Holds an event against its headers, all but the number of records, which the count finds out. */
function segmentOf({ value, headers }: EventRecord): CountableSegment {
  const identity = eventIdentity({ headers });
  const sha256 = createHash('sha256').update(value).digest('hex');
  if (sha256 !== headers['sha256']) throw mismatch('its SHA-256');
  const { producer, sequence, sealedAt } = readSegmentFrame(value);
  if (producer !== identity.producer || sequence !== identity.sequence) throw mismatch('its identity');
  const sealed = sealedAt !== undefined && { sealedAt };
  return { kind: 'journal', producer, sequence, ...sealed, octets: value, sha256, count: Number(headers['count']) };
}

const mismatch = (what: string): UsageError =>
  new UsageError('segment_mismatch', `A usage segment is not what its headers say: ${what} differs.`);
