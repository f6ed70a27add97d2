import type { EventBatch, SubscribeInput } from '@kakunin/event-log';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore } from './event-store.ts';
import type { PartitionId } from './partition-id.ts';

const PAUSE_AFTER_REFUSAL_MILLISECONDS = 100;

export interface PartitionReaderInput {
  readonly id: PartitionId;
  readonly store: Pick<EventStore, 'read'>;
  readonly subscription: Pick<SubscribeInput, 'maxBatchSize' | 'onBatch' | 'onFault'>;
  readonly nextOffset: bigint;
  /** Aborted when the whole subscription stops. */
  readonly signal: AbortSignal;
  /** Remembers the new position. When it rejects, the reader ends: somebody else may read the partition by now. */
  readonly commit: (from: bigint, to: bigint) => Promise<void>;
}

/** Hands over the events of one partition, one batch at a time. */
export class PartitionReader {
  readonly id: PartitionId;
  private next: bigint;
  private end = 0n;
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private readonly stopped: AbortSignal;

  constructor(private readonly input: PartitionReaderInput) {
    this.id = input.id;
    this.next = input.nextOffset;
    this.stopped = AbortSignal.any([this.stopping.signal, input.signal]);
  }

  get ended(): boolean {
    return this.stopped.aborted;
  }

  /** Reads on until the given end of the partition; returns at once. */
  readUpTo(end: bigint): void {
    this.end = end;
    if (!this.running && !this.ended && this.next < end) this.running = this.run();
  }

  /** Resolves when the batch in hand is done. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      while (!this.ended && this.next < this.end) {
        const end = this.end;
        const batch = await this.input.store.read(this.id, this.next, this.input.subscription.maxBatchSize);
        // Nothing before a known end: retention took it.
        if (!batch) await this.moveTo(end);
        else if (await this.handOver(batch)) await this.moveTo((batch[batch.length - 1] ?? batch[0]).offset + 1n);
      }
    } catch (error) {
      this.input.subscription.onFault(error);
    } finally {
      this.running = undefined;
    }
  }

  private async moveTo(next: bigint): Promise<void> {
    try {
      await this.input.commit(this.next, next);
    } catch (error) {
      this.stopping.abort();
      throw error;
    }
    this.next = next;
  }

  /** @returns false when the reader was stopped before the batch was handled */
  private async handOver(batch: EventBatch): Promise<boolean> {
    while (!this.ended) {
      try {
        await this.input.subscription.onBatch(batch);
        return true;
      } catch {
        // The contract: hand the same batch over again. Why it was refused is the subscriber's affair.
        await delay(PAUSE_AFTER_REFUSAL_MILLISECONDS, undefined, { signal: this.stopped }).catch(() => undefined);
      }
    }
    return false;
  }
}
