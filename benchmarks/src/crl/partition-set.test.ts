import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { partitionSet } from './partition-set.ts';

it('publishes a small set, twice, and what is revoked beside it and meanwhile', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-partition-set-'));
  try {
    const input = { directory, seconds: 1, scale: 1, say: () => undefined };
    const rows = await partitionSet(input, { partitions: 3, entries: 3_000 });
    expect(rows.map(({ unit }) => unit)).toEqual(Array(6).fill('s'));
    expect(rows.every(({ value }) => value > 0)).toBe(true);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
