import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlindListBuilder, memoryPartitions, type Partitions } from '@kakunin/blind-list';
import { afterAll, expect, it } from 'vitest';
import { SpillFile } from './spill-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'kakunin-spill-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('gives back the octets of each block in their order', () => {
  const file = new SpillFile(directory);
  for (const [block, text] of [
    [1, 'a'],
    [7, 'bc'],
    [1, 'def'],
    [3, ''],
    [7, 'g'],
  ] as const) {
    file.append(block, Buffer.from(text));
  }
  expect([1, 7, 3, 4].map((block) => Buffer.from(file.take(block)).toString())).toEqual(['adef', 'bcg', '', '']);
  expect(Buffer.from(file.take(1)).toString()).toBe('');
  file.close();
});

it('leaves nothing in the directory, not even while it is open', () => {
  const file = new SpillFile(directory);
  file.append(0, Buffer.from('keys'));
  expect(readdirSync(directory)).toEqual([]);
  file.close();
  expect(() => new SpillFile(join(directory, 'missing'))).toThrow('ENOENT');
});

it('makes the same list as memory', () => {
  const list = (partitions: Partitions): Uint8Array => {
    const builder = new BlindListBuilder({ salt: new Uint8Array(16), certificates: 300_000, partitions });
    for (let number = 0; number < 20_000; number += 1) {
      builder.add(createHash('sha256').update(String(number)).digest(), number % 10 === 0);
    }
    const issuerKeyHash = new Uint8Array(32);
    return builder.build({ number: 1, thisUpdate: 1, nextUpdate: 2, issuedBefore: 1, issuerKeyHash });
  };
  const file = new SpillFile(directory);
  expect(list(file)).toEqual(list(memoryPartitions()));
  file.close();
});
