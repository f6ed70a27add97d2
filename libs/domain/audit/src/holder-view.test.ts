import { personKeyOf } from '@kakunin/linkage';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from './audit-entry.ts';
import {
  holderEntries,
  holderTag,
  isAboutHolder,
  type TaggedEntries,
  viewingKeyOf,
  type ViewingKey,
} from './holder-view.ts';

const keyOf = (fill: number): ViewingKey => viewingKeyOf(personKeyOf(new Uint8Array(32).fill(fill)));
const [ann, bob] = [keyOf(1), keyOf(2)];
const log: AuditEntry[] = Array.from({ length: 400 }, (_, sequence) => ({
  sequence,
  at: sequence,
  caller: 'pf-a',
  action: 'identification',
  purpose: 'login',
  outcome: 'granted',
  holderTag: sequence % 2 === 0 ? holderTag(ann, sequence / 2) : holderTag(bob, (sequence - 1) / 2),
}));

class Log implements TaggedEntries {
  readonly entries: readonly AuditEntry[];
  lookUps = 0;
  constructor(entries: readonly AuditEntry[]) {
    this.entries = entries;
  }
  find(tags: readonly string[]): Promise<readonly AuditEntry[]> {
    this.lookUps += 1;
    return Promise.resolve(this.entries.filter((entry) => tags.includes(entry.holderTag!)).toReversed());
  }
}

async function all<T>(source: AsyncIterable<T>): Promise<readonly T[]> {
  const each: T[] = [];
  for await (const item of source) each.push(item);
  return each;
}

describe("a holder's view", () => {
  it.each([0, 1, 63, 64, 65, 128, 400])('shows all entries about him and no others, of a log of %d', async (size) => {
    const some = new Log(log.slice(0, size));
    const seen = await all(holderEntries([ann], some));
    expect(seen).toEqual(some.entries.filter(({ sequence }) => sequence % 2 === 0));
    expect(some.lookUps).toBe(Math.floor(seen.length / 64) + 1);
    expect(seen.every((entry, index) => isAboutHolder(entry, ann, index) && !isAboutHolder(entry, bob, index))).toBe(
      true,
    );
  });

  it('goes over all keys of a person that was merged', async () => {
    expect(await all(holderEntries([ann, bob], new Log(log)))).toHaveLength(400);
  });

  it('is no one else’s: no two tags are the same', () => {
    expect(new Set(log.map((entry) => entry.holderTag)).size).toBe(400);
  });
});
