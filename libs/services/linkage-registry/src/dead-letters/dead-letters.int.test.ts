import type { CertificateEvent, StatusWatermark } from '@kakunin/certificates';
import { deadLetterTopic } from '@kakunin/event-log';
import { InMemoryEventLog } from '@kakunin/testing/in-memory-event-log';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RegistryUnderTest, startRegistry, until } from '../testing/registry-under-test.ts';
import { DeadLetters } from './dead-letters.ts';

let registry: RegistryUnderTest;
beforeAll(async () => void (registry = await startRegistry()));
afterAll(() => registry.close());

it('lists what consumers gave up on, without what it said', async () => {
  const topic = 'certificate-events';
  const eventLog = new InMemoryEventLog([{ name: deadLetterTopic(topic), partitions: 1 }]);
  const headers = {
    producer: 'p',
    sequence: '1',
    'dead-letter-topic': topic,
    'dead-letter-partition': '3',
    'dead-letter-offset': '77',
    'dead-letter-consumer': 'ocsp-responder',
    'dead-letter-reason': 'The event is no JSON.',
  };
  await eventLog.append([{ topic: deadLetterTopic(topic), key: 'user-g1', value: Buffer.from('{"serial'), headers }]);
  expect(await new DeadLetters(eventLog).of(topic)).toEqual([
    {
      topic,
      partition: 3,
      offset: '77',
      key: 'user-g1',
      consumer: 'ocsp-responder',
      reason: 'The event is no JSON.',
      time: expect.any(Number),
    },
  ]);
});

it('takes the word of an operator that one is dealt with', async () => {
  expect((await registry.operator('GET', '/dead-letters?topic=certificate-events')).body).toEqual([]);
  expect(await registry.operator('GET', '/dead-letters?topic=none')).toMatchObject({
    status: 404,
    body: { code: 'topic_unknown' },
  });
  const resolution = { authorityId: 'user-g1', partition: 3, offset: '77', note: 'sent again by the CA' };
  expect((await registry.operator('POST', '/dead-letters/resolutions', resolution)).status).toBe(200);
  const events = () => registry.eventsOf<CertificateEvent>('certificate-events');
  await until(async () => (await events()).length === 1);
  expect(await events()).toEqual([{ type: 'dead_letter_resolved', ...resolution }]);
});

it('tells followers every second how fresh they are', async () => {
  const watermarks = () => registry.eventsOf<StatusWatermark>('status-watermarks');
  const now = Date.now();
  await until(async () => (await watermarks()).some(({ at }) => at > now));
  const last = (await watermarks()).at(-1)!;
  expect(last.positions).toHaveLength(8);
  expect(last.positions.reduce((sum, { nextOffset }) => sum + Number(nextOffset), 0)).toBe(1);
});
