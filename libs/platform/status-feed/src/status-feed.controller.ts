import { CERTIFICATE_EVENTS, STATUS_WATERMARKS } from '@kakunin/event-log';
import type { EventBatch } from '@kakunin/event-log';
import { replayFrom } from '@kakunin/event-transport';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { decodeStatusWatermark } from './certificate-event-codec.ts';
import { STATUS_DEAD_LETTERS } from './status-dead-letters.ts';
import { StatusFeed } from './status-feed.ts';
import { STATUS_POSITIONS } from './status-positions.ts';

/** Feeds the {@link StatusFeed} of this service. */
@Controller()
export class StatusFeedController {
  constructor(@Inject(StatusFeed) private readonly feed: StatusFeed) {}

  @EventPattern(
    CERTIFICATE_EVENTS,
    replayFrom(STATUS_POSITIONS, { onDeadLetter: STATUS_DEAD_LETTERS, onCaughtUp: StatusFeed }),
  )
  applyCertificateEvents(@Payload() batch: EventBatch): void {
    this.feed.apply(batch);
  }

  /** The topic keeps an hour, and only its newest events count. */
  @EventPattern(STATUS_WATERMARKS, replayFrom('beginning'))
  applyWatermarks(@Payload() batch: EventBatch): void {
    for (const event of batch) this.feed.applyWatermark(decodeStatusWatermark(event), event.timestamp);
  }
}
