import { createHash } from 'node:crypto';
import { type EventBatch, eventIdentity, type EventRecord, USAGE_SEGMENTS } from '@kakunin/event-log';
import { consumeAs } from '@kakunin/event-transport';
import { readSegmentFrame, UsageError } from '@kakunin/usage';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { CountableSegment } from './countable-segment.ts';
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
    await this.grouped.count(batch.map(segmentOf));
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
