import type { EventRecord, Position, SubscribeInput } from '@kakunin/event-log';
import { type Consumer, type Message, MessagesStream } from '@platformatic/kafka';
import { once } from 'node:events';
import { PartitionQueue } from './partition-queue.ts';

const MOST_WAITING_BYTES = 32 * 1024 * 1024;
const FETCH_BYTES = 8 * 1024 * 1024;
const FETCH_WAIT_MILLISECONDS = 500;

export interface ReadingInput {
  readonly consumer: Consumer;
  readonly subscription: SubscribeInput;
  /** Where to begin; also what is read. */
  readonly positions: readonly Position[];
  readonly onHandled: (last: EventRecord, leaderEpoch: number) => Promise<void>;
  /** Aborted when reading ends: the subscription closes, or its partitions change. */
  readonly signal: AbortSignal;
}

/**
 * Reads given partitions from given positions until the signal or a fault. A new one is opened whenever the partitions
 * of a group's member change, so that nothing that was fetched before a change is handed over after it.
 */
export class Reading {
  private readonly stream: MessagesStream<Buffer, Buffer, Buffer, Buffer>;
  private readonly queues = new Map<string, PartitionQueue>();
  private readonly leaderEpochs = new WeakMap<EventRecord, number>();
  /** Aborted when reading ends for whatever reason. */
  private readonly ending = new AbortController();
  private waitingEvents = 0;
  private waitingBytes = 0;

  constructor(private readonly input: ReadingInput) {
    const { consumer, positions, subscription } = input;
    this.stream = new MessagesStream<Buffer, Buffer, Buffer, Buffer>(consumer, {
      topics: [...subscription.topics],
      mode: 'manual',
      // Where retention took what should come next, the oldest that is left.
      fallbackMode: 'earliest',
      offsets: positions.map(({ topic, partition, nextOffset }) => ({ topic, partition, offset: nextOffset })),
      autocommit: false,
      maxWaitTime: FETCH_WAIT_MILLISECONDS,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      maxBytesPerPartition: FETCH_BYTES,
      highWaterMark: 1_024,
    });
  }

  /** Resolves after the signal, when the batches in hand are done. @throws what the stream failed with */
  async run(): Promise<void> {
    const { signal } = this.input;
    const ended = Promise.withResolvers<void>();
    const stop = (): void => ended.resolve();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    this.stream.on('error', ended.reject);
    this.stream.on('data', (message) => this.take(message));
    try {
      await ended.promise;
    } finally {
      signal.removeEventListener('abort', stop);
      await this.close();
    }
  }

  private async close(): Promise<void> {
    this.ending.abort();
    if (!this.stream.closed) {
      const closed = once(this.stream, 'close').catch(() => undefined);
      this.stream.destroy();
      await closed;
    }
    await Promise.all([...this.queues.values()].map((queue) => queue.idle()));
  }

  private take(message: Message): void {
    const event = toRecord(message);
    this.leaderEpochs.set(event, message.leaderEpoch);
    this.waitingEvents++;
    this.waitingBytes += event.value.byteLength;
    this.queueOf(event).push(event);
    if (this.isFull()) this.stream.pause();
  }

  private queueOf({ topic, partition }: EventRecord): PartitionQueue {
    const id = `${topic}/${partition}`;
    const { onHandled, subscription } = this.input;
    const { signal } = this.ending;
    const queue =
      this.queues.get(id) ??
      new PartitionQueue({
        subscription,
        signal,
        onTaken: (batch) => this.release(batch),
        onHandled: (last) => onHandled(last, this.leaderEpochs.get(last) ?? -1),
      });
    this.queues.set(id, queue);
    return queue;
  }

  private release(batch: readonly EventRecord[]): void {
    this.waitingEvents -= batch.length;
    this.waitingBytes -= batch.reduce((sum, { value }) => sum + value.byteLength, 0);
    if (this.stream.isPaused() && !this.isFull() && !this.stream.destroyed) this.stream.resume();
  }

  private isFull(): boolean {
    return this.waitingEvents >= 4 * this.input.subscription.maxBatchSize || this.waitingBytes >= MOST_WAITING_BYTES;
  }
}

const toRecord = ({ topic, partition, offset, timestamp, key, value, headers }: Message): EventRecord => ({
  topic,
  partition,
  offset,
  timestamp: Number(timestamp),
  key: (key ?? Buffer.alloc(0)).toString(),
  value: value ?? Buffer.alloc(0),
  headers: Object.fromEntries([...headers].map(([name, text]) => [name.toString(), text.toString()])),
});
