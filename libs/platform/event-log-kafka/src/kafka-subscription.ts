import type { Position, SubscribeInput, Subscription } from '@kakunin/event-log';
import { setTimeout as delay } from 'node:timers/promises';
import { toEventLogError } from './errors.ts';
import { Follower } from './follower.ts';
import { GroupMembership } from './group-membership.ts';
import type { KafkaEventLogOptions } from './kafka-options.ts';

const PAUSE_AFTER_FAULT_MILLISECONDS = 500;

export interface KafkaSubscriptionInput {
  readonly options: KafkaEventLogOptions;
  readonly subscription: SubscribeInput;
  /** Every partition of the topics, with where to begin when no group remembers it. */
  readonly positions: readonly Position[];
}

/** Reads, and after each fault reads again, until it is closed. */
export class KafkaSubscription implements Subscription {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(private readonly input: KafkaSubscriptionInput) {
    this.running = this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { options, positions, subscription } = this.input;
    const { start } = subscription;
    const follower = new Follower({ options, subscription, signal }, positions);
    while (!signal.aborted) {
      const reader =
        start.kind === 'group' ? new GroupMembership({ options, subscription, signal, group: start.group }) : follower;
      try {
        await reader.run();
      } catch (error) {
        if (!signal.aborted) subscription.onFault(toEventLogError(error));
        await delay(PAUSE_AFTER_FAULT_MILLISECONDS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
