export { KafkaEventLog } from './kafka-event-log.ts';
