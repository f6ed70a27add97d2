import { EventLogError, type NewEvent } from '@kakunin/event-log';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppendQueue, type Place, portions } from './append-queue.ts';

const event = (key: string, size = 1): NewEvent => ({ topic: 't', key, value: new Uint8Array(size), headers: {} });

test('portions keep the order and are bearable, unless one event alone is not', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_200_000 }), { maxLength: 30 }), (sizes) => {
      const events = sizes.map((size, n) => event(`${n}`, size));
      const cut = [...portions(events)];
      expect(cut.flat()).toEqual(events);
      for (const portion of cut) {
        const bytes = portion.reduce((sum, { value }) => sum + value.byteLength, 0);
        expect(portion.length === 1 || bytes <= 900_000).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

/** A log of one partition that notes what arrived in one request. */
function fakeLog() {
  const requests: string[][] = [];
  let end = 0n;
  const send = async (events: readonly NewEvent[]): Promise<readonly Place[]> => {
    if (events.some(({ value }) => value.byteLength > 500_000)) throw new EventLogError('too_large', 'too large');
    requests.push(events.map(({ key }) => key));
    return events.map(() => ({ topic: 't', partition: 0, offset: end++ }));
  };
  return { requests, send };
}

test('appends of the same moment share a request, and each learns its own position', async () => {
  const { requests, send } = fakeLog();
  const queue = new AppendQueue(send);
  const answers = await Promise.all([
    queue.append([event('a'), event('b')]),
    queue.append([event('c')]),
    queue.append([event('d')]),
  ]);
  expect(requests).toEqual([['a', 'b', 'c', 'd']]);
  expect(answers.map(([position]) => position?.nextOffset)).toEqual([2n, 3n, 4n]);
});

test('only the append with the event that is too large fails', async () => {
  const { requests, send } = fakeLog();
  const queue = new AppendQueue(send);
  const outcomes = await Promise.allSettled([
    queue.append([event('a')]),
    queue.append([event('b', 600_000)]),
    queue.append([event('c')]),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(requests).toEqual([['a'], ['c']]);
});

test('a fault rejects what was sent together, and the next append goes on', async () => {
  let away = true;
  const { send } = fakeLog();
  const queue = new AppendQueue(async (events) => {
    if (away) throw new EventLogError('unavailable', 'away');
    return send(events);
  });
  const outcomes = await Promise.allSettled([queue.append([event('a')]), queue.append([event('b')])]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  away = false;
  expect(await queue.append([event('a')])).toEqual([{ topic: 't', partition: 0, nextOffset: 1n }]);
});
