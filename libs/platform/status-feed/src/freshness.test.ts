import { expect, test } from 'vitest';
import { Freshness } from './freshness.ts';

test('what the feed writes is read in the same memory, to the second', () => {
  const written = new Freshness();
  const read = new Freshness(written.memory);
  expect(read).toMatchObject({ asOf: 0, blocked: false });
  written.set({ asOf: 1_999, blocked: true });
  expect(read).toMatchObject({ asOf: 1_000, blocked: true });
  written.set({ asOf: Date.UTC(2100, 0, 1), blocked: false });
  expect(read).toMatchObject({ asOf: Date.UTC(2100, 0, 1), blocked: false });
});
