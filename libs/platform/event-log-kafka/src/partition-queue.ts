import type { EventBatch, EventRecord, SubscribeInput } from '@kakunin/event-log';
import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_AFTER_REFUSAL_MILLISECONDS = 100;

export interface PartitionQueueInput {
  readonly subscription: Pick<SubscribeInput, 'maxBatchSize' | 'onBatch'>;
  /** Called after each batch that was handled, with its last event. */
  readonly onHandled: (last: EventRecord) => Promise<void>;
  /** Called with each batch that leaves the queue, before it is handed over. */
  readonly onTaken: (batch: EventBatch) => void;
  readonly signal: AbortSignal;
}

/** Events of one partition on their way to the subscriber, one batch at a time. */
export class PartitionQueue {
  private waiting: EventRecord[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly input: PartitionQueueInput) {}

  push(event: EventRecord): void {
    this.waiting.push(event);
    this.running ??= this.run();
  }

  /** Resolves when the batch in hand is done; after an abort nothing follows it. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    // Lets what arrived together become one batch.
    await Promise.resolve();
    while (!this.input.signal.aborted) {
      const [first, ...rest] = this.waiting.splice(0, this.input.subscription.maxBatchSize);
      if (!first) break;
      const batch: EventBatch = [first, ...rest];
      this.input.onTaken(batch);
      if (await this.handOver(batch)) await this.input.onHandled(rest.at(-1) ?? first);
    }
    this.running = undefined;
  }

  /** @returns false when the subscription was stopped before the batch was handled */
  private async handOver(batch: EventBatch): Promise<boolean> {
    const { signal, subscription } = this.input;
    while (!signal.aborted) {
      try {
        await subscription.onBatch(batch);
        return true;
      } catch {
        // The contract: hand the same batch over again. Why it was refused is the subscriber's affair.
        await delay(PAUSE_AFTER_REFUSAL_MILLISECONDS, undefined, { signal }).catch(() => undefined);
      }
    }
    return false;
  }
}
