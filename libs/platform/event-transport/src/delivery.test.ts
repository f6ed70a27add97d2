import { EventLogError, type EventBatch, type EventRecord } from '@kakunin/event-log';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_RETRY, pauseAfter } from './backoff.ts';
import { Delivery, type DeliveryInput } from './delivery.ts';
import { isTransient } from './fault.ts';

const record = (n: number): EventRecord => ({
  topic: 't',
  partition: 0,
  offset: BigInt(n),
  timestamp: 0,
  key: `${n}`,
  value: new Uint8Array(),
  headers: {},
});

const batchOf = (size: number): EventBatch => [record(0), ...Array.from({ length: size - 1 }, (_, n) => record(n + 1))];

function deliveryWith(input: Pick<DeliveryInput, 'handle'> & Partial<DeliveryInput>) {
  const buried: string[] = [];
  const pauses: number[] = [];
  const delivery = new Delivery({
    deadLetters: { onDeadLetter: async ({ key }) => void buried.push(key) },
    observer: { onHandled: () => undefined, onRetry: () => undefined, onDeadLetter: () => undefined },
    retry: DEFAULT_RETRY,
    sleep: async (milliseconds, signal) => {
      signal.throwIfAborted();
      pauses.push(milliseconds);
    },
    random: () => 0.5,
    signal: new AbortController().signal,
    ...input,
  });
  return { delivery, buried, pauses };
}

const poisonedBatch = fc
  .integer({ min: 1, max: 30 })
  .chain((size) => fc.record({ size: fc.constant(size), poison: fc.uniqueArray(fc.nat(size - 1)) }));

test('whichever events are poison, exactly those are buried and all others are handled, each in order', async () => {
  await fc.assert(
    fc.asyncProperty(poisonedBatch, async ({ size, poison }) => {
      const handled: number[] = [];
      const { delivery, buried } = deliveryWith({
        // All or nothing, as a transaction is.
        handle: async (batch) => {
          const numbers = batch.map(({ offset }) => Number(offset));
          if (numbers.some((n) => poison.includes(n))) throw new Error('poison');
          handled.push(...numbers);
        },
      });
      await delivery.deliver(batchOf(size));
      const all = Array.from({ length: size }, (_, n) => n);
      expect(handled).toEqual(all.filter((n) => !poison.includes(n)));
      expect(buried).toEqual(all.filter((n) => poison.includes(n)).map(String));
    }),
  );
});

test('passing faults do not count towards giving up, however many they are', async () => {
  let calls = 0;
  const { delivery, buried, pauses } = deliveryWith({
    handle: async () => {
      calls++;
      if (calls <= 40) throw withCode('database_unavailable');
      if (calls <= 42) throw new Error('wrong');
    },
  });
  await delivery.deliver(batchOf(3));
  expect(calls).toBe(43);
  expect(buried).toEqual([]);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(DEFAULT_RETRY.longestPauseMilliseconds);
});

test('a batch of one is not tried a second round before it is given up', async () => {
  let calls = 0;
  const { delivery, buried } = deliveryWith({
    handle: async () => {
      calls++;
      throw new Error('wrong');
    },
  });
  await delivery.deliver(batchOf(1));
  expect(calls).toBe(DEFAULT_RETRY.attempts);
  expect(buried).toEqual(['0']);
});

test('stopping rejects instead of giving events up', async () => {
  const stopping = new AbortController();
  const { delivery, buried } = deliveryWith({
    signal: stopping.signal,
    handle: async () => {
      stopping.abort();
      throw new Error('wrong');
    },
  });
  await expect(delivery.deliver(batchOf(2))).rejects.toThrow();
  expect(buried).toEqual([]);
});

test('pauses double from the first to the longest, and at least half of each is certain', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, chance) => {
      const whole = Math.min(10_000, 100 * 2 ** Math.min(failures - 1, 30));
      const pause = pauseAfter(failures, DEFAULT_RETRY, () => chance);
      expect(pause).toBeGreaterThanOrEqual(whole / 2);
      expect(pause).toBeLessThanOrEqual(whole);
    }),
  );
});

const withCode = (code: string): Error => Object.assign(new Error(code), { code });

test.each([
  [new EventLogError('unavailable', ''), true],
  [new EventLogError('too_large', ''), false],
  [withCode('database_unavailable'), true],
  [withCode('migration_changed'), false],
  [withCode('ECONNREFUSED'), true],
  [withCode('57P01'), true],
  [withCode('57014'), true],
  [withCode('58030'), true],
  [withCode('25006'), true],
  [withCode('40001'), true],
  [withCode('23505'), false],
  [withCode('P1001'), true],
  [withCode('P2002'), false],
  [new Error('Connection terminated unexpectedly'), true],
  [new Error('wrapped', { cause: withCode('ECONNRESET') }), true],
  [new SyntaxError('bad JSON'), false],
  ['unavailable', false],
])('%s passes by waiting: %s', (error, transient) => {
  expect(isTransient(error)).toBe(transient);
});
