import { eventLogContract, startTestKafka, type TestKafka } from '@kakunin/testing';
import { Admin, ConfigResourceTypes } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

it('keeps events for little longer than their topic says: an hour of watermarks, not a week', async () => {
  const declared = { name: 'an-hour', key: '', partitions: 1, retention: 3_600_000, schema: '' };
  const log = await open();
  await log.createTopics([declared, { ...declared, name: 'for-ever', retention: 'forever' }]);
  await log.close();
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [...kafka.brokers] });
  const segmentOf = async (resourceName: string): Promise<unknown> => {
    const resources = [{ resourceType: ConfigResourceTypes.TOPIC, resourceName, configurationKeys: ['segment.ms'] }];
    const [described] = await admin.describeConfigs({ resources });
    return described?.configs[0]?.value;
  };
  expect(await segmentOf('an-hour')).toBe('900000');
  expect(await segmentOf('for-ever')).toBe('604800000');
  await admin.close();
});

describe('contract', () => {
  eventLogContract(() => ({ open, pause: kafka.pause, resume: kafka.resume }), {
    outages: !process.env['KAFKA_BROKERS'],
  });
});
