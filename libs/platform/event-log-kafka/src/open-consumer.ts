import { EventLogError, type SubscribeInput } from '@kakunin/event-log';
import { Consumer, type ConsumerOptions } from '@platformatic/kafka';
import { clientOptions, type KafkaEventLogOptions } from './kafka-options.ts';

type GroupOptions = Partial<ConsumerOptions<Buffer, Buffer, Buffer, Buffer>> & { readonly groupId: string };

/** A client for one subscription; tells of brokers that cannot be reached while it goes on trying. */
export function openConsumer(
  options: KafkaEventLogOptions,
  group: GroupOptions,
  { onFault, topics }: Pick<SubscribeInput, 'onFault' | 'topics'>,
): Consumer {
  const consumer = new Consumer({ ...clientOptions(options), ...group });
  consumer.topics.trackAll(...topics);
  consumer.on('client:broker:failed', ({ broker }) => {
    onFault(new EventLogError('unavailable', `The broker ${broker.host}:${broker.port} cannot be reached.`));
  });
  return consumer;
}
