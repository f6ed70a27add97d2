import type {
  EventLog,
  EventLogAdmin,
  NewEvent,
  Position,
  SubscribeInput,
  Subscription,
  TopicDeclaration,
} from '@kakunin/event-log';
import { Appender } from './appender.ts';
import type { KafkaEventLogOptions } from './kafka-options.ts';
import { KafkaSubscription } from './kafka-subscription.ts';
import { TopicCatalog } from './topic-catalog.ts';

/** The event log in Kafka, for several machines. It connects when it is first used, and again when brokers were away. */
export class KafkaEventLog implements EventLog, EventLogAdmin {
  private readonly catalog: TopicCatalog;
  private readonly appender: Appender;
  private readonly subscriptions = new Set<KafkaSubscription>();
  private closing: Promise<void> | undefined;

  constructor(private readonly options: KafkaEventLogOptions) {
    this.catalog = new TopicCatalog(options);
    this.appender = new Appender(options, this.catalog);
  }

  append(events: readonly NewEvent[]): Promise<readonly Position[]> {
    return this.appender.append(events);
  }

  async subscribe(subscription: SubscribeInput): Promise<Subscription> {
    const positions = await this.startOf(subscription);
    const opened = new KafkaSubscription({ options: this.options, subscription, positions });
    this.subscriptions.add(opened);
    return {
      close: async () => {
        await opened.close();
        this.subscriptions.delete(opened);
      },
    };
  }

  endPositions(topic: string): Promise<readonly Position[]> {
    return this.catalog.endPositions(topic);
  }

  committedPositions(topic: string, group: string): Promise<readonly Position[]> {
    return this.catalog.committedPositions(topic, group);
  }

  createTopics(topics: readonly TopicDeclaration[]): Promise<readonly string[]> {
    return this.catalog.createTopics(topics);
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeOnce());
  }

  private async closeOnce(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.close()));
    await this.appender.close();
    await this.catalog.close();
  }

  private async startOf({ start, topics }: SubscribeInput): Promise<readonly Position[]> {
    const known = start.kind === 'positions' ? start.positions : [];
    const positions: Position[] = [];
    for (const topic of topics) {
      const count = await this.catalog.partitionsOf(topic);
      for (let partition = 0; partition < count; partition++) {
        const given = known.find((position) => position.topic === topic && position.partition === partition);
        positions.push(given ?? { topic, partition, nextOffset: 0n });
      }
    }
    return positions;
  }
}
