import type { EventRecord } from '@kakunin/event-log';
import { codeOf } from '@kakunin/event-transport';
import type { DeadLetterPolicy } from '@kakunin/event-transport';
import type { StatusFeed } from './status-feed.ts';

/** What becomes of an event of `certificate-events` that the feed refuses. */
export const STATUS_DEAD_LETTERS = Symbol('status-dead-letters');

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
