import type {
  EventLog,
  EventLogAdmin,
  NewEvent,
  Position,
  SubscribeInput,
  Subscription,
  TopicDeclaration,
} from '@kakunin/event-log';
import { Database, migrationsOf } from '@kakunin/postgres';
import { EventStore } from './event-store.ts';
import { PostgresSubscription } from './postgres-subscription.ts';
import { TopicStore } from './topic-store.ts';
import { type PollIntervals, Wakeup } from './wakeup.ts';

export interface PostgresEventLogOptions {
  /** Database of the log; it migrates itself. */
  readonly url: string;
  /** Told when the database cannot be reached, or when pruning fails. */
  readonly onFault?: (error: unknown) => void;
  readonly maxConnections?: number;
  readonly poll?: PollIntervals;
  /** How often events past their retention are removed; default one minute. */
  readonly pruneIntervalMilliseconds?: number;
}

const DEFAULT_POLL: PollIntervals = { listeningMilliseconds: 5_000, deafMilliseconds: 500 };

/**
 * The event log in PostgreSQL: durable, ordered per key, for one machine. It connects in the background, and again
 * when the database was away; until then its methods reject with `unavailable`.
 */
export class PostgresEventLog implements EventLog, EventLogAdmin {
  private readonly database: Database;
  private readonly events: EventStore;
  private readonly topics: TopicStore;
  private readonly wakeup: Wakeup;
  private readonly subscriptions = new Set<PostgresSubscription>();
  private readonly pruner: NodeJS.Timeout;
  private pruning: Promise<void> = Promise.resolve();
  private closing: Promise<void> | undefined;

  constructor(private readonly options: PostgresEventLogOptions) {
    const { url, onFault, maxConnections = 8 } = options;
    this.database = new Database({
      url,
      migrationsDirectory: migrationsOf('@kakunin/event-log-postgres'),
      maxConnections,
      ...(onFault && { onFault }),
    });
    this.events = new EventStore(this.database);
    this.topics = new TopicStore(this.database);
    this.wakeup = new Wakeup(url, options.poll ?? DEFAULT_POLL);
    this.pruner = setInterval(() => this.prune(), options.pruneIntervalMilliseconds ?? 60_000);
    this.pruner.unref();
  }

  /** Resolves when the database was reached and its tables stand. */
  whenReady(): Promise<void> {
    return this.database.whenReady();
  }

  append(events: readonly NewEvent[]): Promise<readonly Position[]> {
    return this.events.append(events);
  }

  async subscribe(subscription: SubscribeInput): Promise<Subscription> {
    await this.events.endPositions(subscription.topics);
    const { url } = this.options;
    const opened = new PostgresSubscription({ url, store: this.events, wakeup: this.wakeup, subscription });
    this.subscriptions.add(opened);
    return {
      close: async () => {
        await opened.close();
        this.subscriptions.delete(opened);
      },
    };
  }

  endPositions(topic: string): Promise<readonly Position[]> {
    return this.events.endPositions([topic]);
  }

  committedPositions(topic: string, group: string): Promise<readonly Position[]> {
    return this.events.committedPositions(topic, group);
  }

  createTopics(topics: readonly TopicDeclaration[]): Promise<readonly string[]> {
    return this.topics.create(topics);
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeOnce());
  }

  private async closeOnce(): Promise<void> {
    clearInterval(this.pruner);
    await Promise.all([...this.subscriptions].map((subscription) => subscription.close()));
    await this.wakeup.close();
    await this.pruning;
    await this.database.close();
  }

  private prune(): void {
    if (!this.database.isReady()) return;
    this.pruning = this.pruning
      .then(() => this.topics.prune())
      .catch((error: unknown) => this.options.onFault?.(error));
  }
}
