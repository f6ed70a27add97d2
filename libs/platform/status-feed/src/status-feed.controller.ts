import { CERTIFICATE_EVENTS, STATUS_WATERMARKS } from '@kakunin/event-log';
import type { EventBatch, EventRecord, Position } from '@kakunin/event-log';
import { codeOf, replayFrom } from '@kakunin/event-transport';
import type { DeadLetterPolicy, PositionStore } from '@kakunin/event-transport';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { decodeStatusWatermark } from './certificate-event-codec.ts';
import { StatusFeed } from './status-feed.ts';

/** Where the replay of `certificate-events` begins: behind the snapshot that was loaded. */
export const STATUS_POSITIONS = Symbol('status-positions');
/** What becomes of an event of `certificate-events` that the feed refuses. */
export const STATUS_DEAD_LETTERS = Symbol('status-dead-letters');

@Controller()
export class StatusFeedController {
  constructor(@Inject(StatusFeed) private readonly feed: StatusFeed) {}

  @EventPattern(CERTIFICATE_EVENTS, replayFrom(STATUS_POSITIONS, { onDeadLetter: STATUS_DEAD_LETTERS }))
  applyCertificateEvents(@Payload() batch: EventBatch): void {
    this.feed.apply(batch);
  }

  /** The topic keeps an hour, and only its newest events count. */
  @EventPattern(STATUS_WATERMARKS, replayFrom('beginning'))
  applyWatermarks(@Payload() batch: EventBatch): void {
    for (const event of batch) this.feed.applyWatermark(decodeStatusWatermark(event));
  }
}

export class StatusPositions implements PositionStore {
  constructor(private readonly feed: StatusFeed) {}

  positions(): readonly Position[] {
    return this.feed.positions();
  }
}

/**
 * Skipping an event of an authority would make a wrong answer later: so the authority is blocked first, and the copy
 * for the operator is appended second, again and again until it is there.
 */
export class StatusDeadLetters implements DeadLetterPolicy {
  constructor(
    private readonly feed: StatusFeed,
    private readonly copies: DeadLetterPolicy,
  ) {}

  async onDeadLetter(event: EventRecord, error: unknown): Promise<void> {
    this.feed.block(event, codeOf(error));
    await this.copies.onDeadLetter(event, error);
  }
}
