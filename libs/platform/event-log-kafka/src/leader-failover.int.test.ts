import type { EventRecord, NewEvent, SubscriptionStart } from '@kakunin/event-log';
import { startTestKafkaCluster, type TestKafkaCluster } from '@kakunin/testing';
import { Admin } from '@platformatic/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { KafkaEventLog } from './kafka-event-log.ts';

const TOPIC = 'failover';
const PRODUCERS = 3;
const EVENTS_A_PRODUCER = 1_000;
const EVENTS_AN_APPEND = 10;

let cluster: TestKafkaCluster;
const logs: KafkaEventLog[] = [];
beforeAll(async () => void (cluster = await startTestKafkaCluster(3)));
afterAll(async () => {
  await Promise.all(logs.map((log) => log.close()));
  await cluster.stop();
});

function open(clientId: string): KafkaEventLog {
  const log = new KafkaEventLog({
    brokers: cluster.brokers,
    clientId,
    replication: 3,
    sessionTimeoutMilliseconds: 6_000,
  });
  logs.push(log);
  return log;
}

async function leaderOf(partition: number): Promise<number> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [...cluster.brokers] });
  const { topics } = await admin.metadata({ topics: [TOPIC] });
  await admin.close();
  return topics.get(TOPIC)?.partitions[partition]?.leader ?? 0;
}

const event = (producer: number, n: number): NewEvent => ({
  topic: TOPIC,
  key: `producer-${producer}-${n % 4}`,
  value: Buffer.from(`${n}`),
  headers: { producer: `${producer}`, sequence: `${n}` },
});

const identity = ({ headers }: EventRecord): string => `${headers['producer']}/${headers['sequence']}`;

/** As an outbox does: the same events again, until they are acknowledged. */
async function produce(log: KafkaEventLog, producer: number, onAcknowledged: (count: number) => void): Promise<void> {
  for (let n = 0; n < EVENTS_A_PRODUCER; n += EVENTS_AN_APPEND) {
    const events = Array.from({ length: EVENTS_AN_APPEND }, (_, i) => event(producer, n + i));
    await vi.waitFor(() => log.append(events), { timeout: 60_000, interval: 100 });
    onAcknowledged(events.length);
    await sleep(2);
  }
}

it('a partition leader killed under load loses nothing and reorders nothing', { timeout: 150_000 }, async () => {
  const admin = open('admin');
  await admin.createTopics([{ name: TOPIC, key: 'any', partitions: 4, retention: 'forever', schema: 'any' }]);
  const consumed: EventRecord[] = [];
  const followed: EventRecord[] = [];
  const read = (records: EventRecord[], start: SubscriptionStart) =>
    open('consumer').subscribe({
      topics: [TOPIC],
      start,
      maxBatchSize: 100,
      onBatch: async (batch) => void records.push(...batch),
      onFault: () => undefined,
    });
  await read(consumed, { kind: 'group', group: 'g' });
  await read(followed, { kind: 'positions', positions: [] });

  let acknowledged = 0;
  const producing = Array.from({ length: PRODUCERS }, (_, producer) =>
    produce(open(`producer-${producer}`), producer, (count) => void (acknowledged += count)),
  );
  await vi.waitFor(() => expect(acknowledged).toBeGreaterThan((PRODUCERS * EVENTS_A_PRODUCER) / 3), {
    timeout: 60_000,
  });
  await cluster.kill(await leaderOf(0));
  expect(acknowledged).toBeLessThan(PRODUCERS * EVENTS_A_PRODUCER);
  await Promise.all(producing);

  for (const records of [consumed, followed]) {
    const distinct = () => new Set(records.map(identity));
    await vi.waitFor(() => expect(distinct().size).toBe(PRODUCERS * EVENTS_A_PRODUCER), {
      timeout: 60_000,
      interval: 100,
    });
    for (const [key, ofKey] of Map.groupBy(records, (record) => record.key)) {
      const firsts = [...new Set(ofKey.map(({ headers }) => Number(headers['sequence'])))];
      expect(firsts, key).toEqual(firsts.toSorted((a, b) => a - b));
    }
  }
});
