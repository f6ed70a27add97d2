import type { EventBatch, EventRecord } from '@kakunin/event-log';
import { pauseAfter, type RetryPolicy, type Sleep } from './backoff.ts';
import type { DeadLetterPolicy } from './dead-letter-policy.ts';
import { isTransient } from './fault.ts';

/** What happens on the way of a batch, for metrics, log and health. */
export interface DeliveryObserver {
  onHandled(batch: EventBatch): void;
  onRetry(batch: EventBatch, error: unknown): void;
  onDeadLetter(event: EventRecord, error: unknown): void;
}

export interface DeliveryInput {
  readonly handle: (batch: EventBatch) => Promise<void>;
  readonly deadLetters: DeadLetterPolicy;
  readonly observer: DeliveryObserver;
  readonly retry: RetryPolicy;
  readonly sleep: Sleep;
  readonly random: () => number;
  /** Aborted when the service stops: what was not handled stays in the log. */
  readonly signal: AbortSignal;
}

type Outcome = { readonly handled: true } | { readonly handled: false; readonly error: unknown };

/**
 * Brings batches to one handler. A batch that fails is tried again; one that keeps failing is taken apart, so that only
 * the event that is to blame goes to the dead-letter policy and everything around it is handled.
 */
export class Delivery {
  constructor(private readonly input: DeliveryInput) {}

  /** Resolves when every event of the batch was handled or taken by the dead-letter policy. */
  async deliver(batch: EventBatch): Promise<void> {
    const outcome = await this.attempt(batch);
    if (!outcome.handled) await this.isolate(batch, outcome.error);
    this.input.observer.onHandled(batch);
  }

  private async isolate(batch: EventBatch, error: unknown): Promise<void> {
    if (batch.length === 1) return this.bury(batch[0], error);
    for (const event of batch) {
      const outcome = await this.attempt([event]);
      if (!outcome.handled) await this.bury(event, outcome.error);
    }
  }

  private async attempt(batch: EventBatch): Promise<Outcome> {
    let refusals = 0;
    for (let failures = 1; ; failures++) {
      this.input.signal.throwIfAborted();
      try {
        await this.input.handle(batch);
        return { handled: true };
      } catch (error) {
        if (!isTransient(error) && ++refusals >= this.input.retry.attempts) return { handled: false, error };
        await this.pause(batch, failures, error);
      }
    }
  }

  private async bury(event: EventRecord, error: unknown): Promise<void> {
    for (let failures = 1; ; failures++) {
      try {
        await this.input.deadLetters.onDeadLetter(event, error);
        return this.input.observer.onDeadLetter(event, error);
      } catch (refusal) {
        await this.pause([event], failures, refusal);
      }
    }
  }

  private async pause(batch: EventBatch, failures: number, error: unknown): Promise<void> {
    this.input.observer.onRetry(batch, error);
    await this.input.sleep(pauseAfter(failures, this.input.retry, this.input.random), this.input.signal);
  }
}
