export * from './postgres.ts';
export * from './object-store-contract.ts';
export * from './in-memory-event-log.ts';
export * from './event-log-contract/event-log-contract.ts';
export * from './openssl-ca.ts';
export * from './test-ca.ts';
export type { EventLogUnderTest } from './event-log-contract/scene.ts';
export { startTestKafka, startTestKafkaCluster, type TestKafka, type TestKafkaCluster } from './kafka/start-kafka.ts';
