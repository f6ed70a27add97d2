import { expect, it } from 'vitest';
import { HotFiles } from './hot-files.ts';

let reads = 0;
const content = (bytes: number, fill = 1) => ({
  bytes,
  async *read() {
    reads += 1;
    yield Buffer.alloc(bytes - 1, fill);
    yield Buffer.alloc(1, fill);
  },
});

it('reads a file once, also for those who ask at the same time', async () => {
  const files = new HotFiles(1_000);
  reads = 0;
  const [one, other] = await Promise.all([files.take('a', content(100)), files.take('a', content(100))]);
  expect(one).toBe(other);
  expect(await files.take('a', content(100))).toBe(one);
  expect(one?.use()).toEqual(Buffer.alloc(100, 1));
  expect([reads, files.octets]).toEqual([1, 100]);
});

it('lets go of what was not asked for the longest, and never holds more than its limit', async () => {
  const files = new HotFiles(1_000);
  const [a, b] = [await files.take('a', content(250)), await files.take('b', content(250))];
  await files.take('c', content(250));
  await files.take('d', content(250));
  await files.take('a', content(250));
  await files.take('e', content(250));
  expect(files.octets).toBe(1_000);
  expect([a?.use()?.length, b?.use()]).toEqual([250, undefined]);
});

it('keeps what is being read, and takes in nothing more when all is', async () => {
  const files = new HotFiles(1_000);
  const kept = [];
  for (const name of ['a', 'b', 'c', 'd']) kept.push(await files.take(name, content(250)));
  for (const file of kept) file?.use();
  expect(await files.take('e', content(250))).toBeUndefined();
  kept[2]?.release();
  expect(await files.take('e', content(250))).toBeDefined();
  expect([files.octets, kept[2]?.use()]).toEqual([1_000, undefined]);
});

it('takes no file above a quarter of its memory, and none without memory', async () => {
  expect(await new HotFiles(1_000).take('a', content(251))).toBeUndefined();
  expect(await new HotFiles(0).take('a', content(1))).toBeUndefined();
});

it('gives room back when a file cannot be read, or ends too early', async () => {
  const files = new HotFiles(1_000);
  const broken = { bytes: 100, read: () => content(99).read() };
  await expect(files.take('a', broken)).rejects.toThrow('shorter');
  expect(files.octets).toBe(0);
  expect(await files.take('a', content(100))).toBeDefined();
});
