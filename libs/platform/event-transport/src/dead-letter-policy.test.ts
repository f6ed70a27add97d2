import { type EventRecord, type NewEvent } from '@kakunin/event-log';
import { expect, test } from 'vitest';
import { DeadLetterTopic } from './dead-letter-policy.ts';

const record: EventRecord = {
  topic: 'orders',
  partition: 3,
  offset: 41n,
  timestamp: 1_700_000_000_000,
  key: 'k',
  value: Buffer.from('{"serialNumber": a1b2c3d4}'),
  headers: { producer: 'p', sequence: '7' },
};

async function letterFor(error: unknown): Promise<NewEvent | undefined> {
  const appended: NewEvent[] = [];
  const log = {
    append: async (events: readonly NewEvent[]) => {
      appended.push(...events);
      return [];
    },
  };
  await new DeadLetterTopic(log, 'meter').onDeadLetter(record, error);
  return appended[0];
}

test('a dead letter is the event as it came, and says from where and why', async () => {
  const error = Object.assign(new Error('no\u0000 such\ntariff'), { code: 'unknown_tariff' });
  expect(await letterFor(error)).toEqual({
    topic: 'orders.dead-letter',
    key: 'k',
    value: record.value,
    headers: {
      producer: 'p',
      sequence: '7',
      'dead-letter-consumer': 'meter',
      'dead-letter-topic': 'orders',
      'dead-letter-partition': '3',
      'dead-letter-offset': '41',
      'dead-letter-timestamp': '1700000000000',
      'dead-letter-error': 'unknown_tariff',
      'dead-letter-reason': 'no  such tariff',
    },
  });
});

test('what a parser quotes of the event stays out of the reason', async () => {
  const error: unknown = await Promise.resolve(record.value)
    .then((value) => JSON.parse(value.toString()) as unknown)
    .catch((cause: unknown) => cause);
  expect(String(error)).toContain('a1b2');
  expect((await letterFor(error))?.headers['dead-letter-reason']).toBe('The value cannot be parsed.');
});
