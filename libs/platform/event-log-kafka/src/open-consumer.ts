import type { SubscribeInput } from '@kakunin/event-log';
import { Consumer, type ConsumerOptions } from '@platformatic/kafka';
import { clientOptions, type KafkaEventLogOptions, reportUnreachable } from './kafka-options.ts';

type GroupOptions = Partial<ConsumerOptions<Buffer, Buffer, Buffer, Buffer>> & { readonly groupId: string };

/** A client for one subscription; tells of brokers that cannot be reached while it goes on trying. */
export function openConsumer(
  options: KafkaEventLogOptions,
  group: GroupOptions,
  { onFault, topics }: Pick<SubscribeInput, 'onFault' | 'topics'>,
): Consumer {
  const consumer = new Consumer({ ...clientOptions(options), ...group });
  consumer.topics.trackAll(...topics);
  reportUnreachable(consumer, onFault);
  return consumer;
}
