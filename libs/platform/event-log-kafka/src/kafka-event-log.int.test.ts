import { eventLogContract, startTestKafka, type TestKafka } from '@kakunin/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { KafkaEventLog } from './kafka-event-log.ts';

let kafka: TestKafka;
beforeAll(async () => void (kafka = await startTestKafka()));
afterAll(() => kafka.stop());

const open = async (): Promise<KafkaEventLog> =>
  new KafkaEventLog({
    brokers: kafka.brokers,
    clientId: 'contract',
    replication: 1,
    sessionTimeoutMilliseconds: 6_000,
  });

describe('contract', () => {
  eventLogContract(() => ({ open, pause: kafka.pause, resume: kafka.resume }), {
    outages: !process.env['KAFKA_BROKERS'],
  });
});
