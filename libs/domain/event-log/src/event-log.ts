/** An event as a producer hands it over. */
export interface NewEvent {
  readonly topic: string;
  /** Events of one key stay in order; a key always lies in the same partition. */
  readonly key: string;
  readonly value: Uint8Array;
  /** ASCII names in kebab-case. `producer` and `sequence` together identify the event for ever (see {@link eventIdentity}). */
  readonly headers: Readonly<Record<string, string>>;
}

/** An event as the log hands it out. */
export interface EventRecord extends NewEvent {
  readonly partition: number;
  /** Position within the partition, from 0, growing, not necessarily without gaps. */
  readonly offset: bigint;
  /** When the log took the event, epoch milliseconds. */
  readonly timestamp: number;
}

/** Where a partition stands: the offset of the next event to read. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: bigint;
}

/** Events of one partition, in order, never empty. */
export type EventBatch = readonly [EventRecord, ...EventRecord[]];

/**
 * Where a subscription begins, and who remembers how far it got.
 * - `group`: the log remembers, by group name; members of a group share the partitions among themselves.
 * - `positions`: the subscriber remembers (in a snapshot, say) and reads every partition itself. Partitions not
 *   named start at 0.
 */
export type SubscriptionStart =
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'positions'; readonly positions: readonly Position[] };

export interface SubscribeInput {
  readonly topics: readonly string[];
  readonly start: SubscriptionStart;
  /** Upper bound of a batch handed over at once. */
  readonly maxBatchSize: number;
  /**
   * Called with one batch at a time per partition. When it resolves the batch counts as handled (and is committed for
   * a group); when it rejects, the same batch is handed over again. Retrying and giving up are the caller's affair.
   */
  readonly onBatch: (batch: EventBatch) => Promise<void>;
  /** Told of faults of the log itself (a lost connection, say); the subscription keeps trying by itself. */
  readonly onFault: (error: unknown) => void;
}

export interface Subscription {
  /** Stops after the batch in hand; resolves when nothing of the subscription runs any more. */
  close(): Promise<void>;
}

/**
 * The log that services talk through. Delivery is at least once; consumers are idempotent on (producer, sequence).
 * Every adapter passes `eventLogContract` in `@kakunin/testing`.
 */
export interface EventLog {
  /**
   * Appends in the given order. When the promise resolves, all events are durable (Kafka: all in-sync replicas;
   * PostgreSQL: committed) and the answer says, for each partition touched, the position after the last of them.
   * When it rejects, any part of them may have been appended: append the same again.
   * @throws EventLogError `unknown_topic` | `unavailable`
   */
  append(events: readonly NewEvent[]): Promise<readonly Position[]>;

  /** @throws EventLogError `unknown_topic` | `unavailable` */
  subscribe(input: SubscribeInput): Promise<Subscription>;

  /**
   * The position after the newest event of each partition of a topic.
   * @throws EventLogError `unknown_topic` | `unavailable`
   */
  endPositions(topic: string): Promise<readonly Position[]>;

  /** What a group has committed, for lag metrics; a partition never committed stands at 0. */
  committedPositions(topic: string, group: string): Promise<readonly Position[]>;

  close(): Promise<void>;
}

/** Creates topics: a deliberate act of an operator (or of the embedded start), never a side effect of use. */
export interface EventLogAdmin {
  /** Creates what is missing; answers the names that it created. @throws EventLogError `topic_differs` | `unavailable` */
  createTopics(topics: readonly import('./topics.ts').TopicDeclaration[]): Promise<readonly string[]>;
}
