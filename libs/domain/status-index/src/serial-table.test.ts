import { describe, expect, it } from 'vitest';
import { SerialTable } from './serial-table.ts';
import type { HashedSerials } from './serial-table.ts';
import { CONTROL, growable } from './shared-memory.ts';
import { StatusIndexError } from './status-index-error.ts';
import { mostTableOctets } from './table-layout.ts';

/** Ordinals are their own serial numbers here. */
class Numbers implements HashedSerials {
  readonly hashOf: (ordinal: number) => number;
  sought = -1;

  constructor(hashOf: (ordinal: number) => number) {
    this.hashOf = hashOf;
  }

  isAt(ordinal: number): boolean {
    return ordinal === this.sought;
  }
}

const scattered = (ordinal: number): number => {
  const once = Math.imul(ordinal ^ (ordinal >>> 16), 0x85eb_ca6b);
  return (once ^ (once >>> 13)) >>> 0;
};

function tableOf(hashOf: (ordinal: number) => number) {
  const numbers = new Numbers(hashOf);
  const memory = {
    control: new SharedArrayBuffer(Object.keys(CONTROL).length * 4),
    table: growable(mostTableOctets(100_000)),
  };
  const table = new SerialTable(memory.control, memory.table, numbers);
  const find = (ordinal: number, by = table): number => {
    numbers.sought = ordinal;
    return by.find(hashOf(ordinal));
  };
  const add = (ordinal: number): void => {
    table.reserve(ordinal + 1);
    table.add(ordinal, hashOf(ordinal));
  };
  return { memory, numbers, find, add };
}

describe('a table', () => {
  it('finds all that is in it and nothing else, at every size, and reads the same from elsewhere', () => {
    const { memory, numbers, find, add } = tableOf(scattered);
    const elsewhere = new SerialTable(memory.control, memory.table, numbers);
    expect(find(0)).toBe(-1);
    for (let count = 0; count < 30_000; count += 1) {
      add(count);
      const one = Math.floor(count / 3);
      if (find(one) !== one || find(one, elsewhere) !== one || find(count + 1) !== -1) throw new Error(`at ${count}`);
    }
    for (let ordinal = 0; ordinal < 30_000; ordinal += 1)
      if (find(ordinal, elsewhere) !== ordinal) throw new Error(`${ordinal}`);
  });

  it('takes at most 6.95 octets an entry, step under way included', () => {
    const { memory, add } = tableOf(scattered);
    const before = 20_000;
    for (let count = 0; count < 40_000; count += 1) {
      add(count);
      if (count > before && memory.table.byteLength > count * 6.95 + 64 * 1024) throw new Error(`at ${count}`);
    }
  });

  it('grows for a group that is full', () => {
    // Seven in ten are in the first of two groups, and more than that holds while there is room in the other.
    const { find, add } = tableOf((ordinal) => {
      const hash = scattered(ordinal);
      return ordinal % 10 < 3 ? (hash | 0x8000_0000) >>> 0 : hash & 0x7fff_ffff;
    });
    for (let ordinal = 0; ordinal < 1_530; ordinal += 1) add(ordinal);
    for (let ordinal = 0; ordinal < 1_530; ordinal += 1) if (find(ordinal) !== ordinal) throw new Error(`${ordinal}`);
    expect(find(1_530)).toBe(-1);
  });

  it('gives up, as it was before, when hashes are all the same', () => {
    const { find, add } = tableOf(() => 0);
    let count = 0;
    expect(() => {
      for (; count < 5_000; count += 1) add(count);
    }).toThrow(StatusIndexError);
    expect(count).toBeGreaterThan(1_000);
    expect(find(count - 1)).toBe(count - 1);
    expect(find(5_000)).toBe(-1);
  });
});
