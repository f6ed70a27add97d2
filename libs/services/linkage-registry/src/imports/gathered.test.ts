import { expect, it } from 'vitest';
import { gathered } from './gathered.ts';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 0; number < count; number += 1) yield number;
}

it('gives everything, in order, in batches of at most so many', async () => {
  const batches: (readonly number[])[] = [];
  for await (const batch of gathered(numbers(1_000), 64)) {
    batches.push(batch);
    // Busy with the batch: meanwhile the next one gathers.
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(batches.flat()).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
  expect(Math.max(...batches.map(({ length }) => length))).toBe(64);
});

it('gives at once what comes alone', async () => {
  const heard = Promise.withResolvers<void>();
  const source = async function* (): AsyncGenerator<string> {
    yield 'one';
    await heard.promise;
    yield 'two';
  };
  const batches: (readonly string[])[] = [];
  for await (const batch of gathered(source(), 64)) {
    batches.push(batch);
    heard.resolve();
  }
  expect(batches).toEqual([['one'], ['two']]);
});

it('gives what came before a failure, then fails', async () => {
  const source = async function* (): AsyncGenerator<string> {
    yield 'one';
    throw new Error('broken');
  };
  const batches = gathered(source(), 64);
  expect(await batches.next()).toEqual({ done: false, value: ['one'] });
  await expect(batches.next()).rejects.toThrow('broken');
});

it('reads no further than a batch when its reader stops', async () => {
  let read = 0;
  const source = async function* (): AsyncGenerator<number> {
    for (;;) yield (read += 1);
  };
  for await (const batch of gathered(source(), 8)) if (batch.length > 0) break;
  await new Promise((resolve) => setImmediate(resolve));
  expect(read).toBeLessThanOrEqual(17);
});
