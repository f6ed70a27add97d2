import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TreeHead } from './checkpoint.ts';
import { proveConsistency, verifyConsistency } from './consistency-proof.ts';
import { GrowingTree } from './growing-tree.ts';
import { proveInclusion, verifyInclusion } from './inclusion-proof.ts';
import { LedgerReader } from './ledger-reader.ts';
import { consistencyRanges, inclusionRanges } from './merkle-ranges.ts';
import { EMPTY_ROOT, leafHash, nodeHash, sameHash } from './tree-hash.ts';
import { edgeTiles, entriesPath, indexPath, tilePath } from './tile.ts';
import { encodeEntries, decodeEntries } from './entry-bundle.ts';
import { MemoryLedgerStore } from './testing/memory-ledger-store.ts';

const leafAt = (index: number): Uint8Array => Buffer.from(`leaf ${index}`);

/** The hash of a range of leaves by RFC 6962, section 2.1, word for word. */
const rangeHash = (start: number, end: number): Uint8Array => {
  if (end - start === 1) return leafHash(leafAt(start));
  let split = 1;
  while (2 * split < end - start) split *= 2;
  return nodeHash(rangeHash(start, start + split), rangeHash(start + split, end));
};

/** The files of a tree, without a writer. */
const treeOf = (size: number): { store: MemoryLedgerStore; head: TreeHead } => {
  const store = new MemoryLedgerStore();
  const tree = new GrowingTree();
  const put = (path: string, octets: Uint8Array): unknown => store.files.set(path, Buffer.from(octets));
  const bundle = (from: number, width: number): Uint8Array =>
    encodeEntries(Array.from({ length: width }, (_, index) => leafAt(from + index)));
  for (let index = 0; index < size; index += 1)
    for (const tile of tree.append(leafAt(index))) {
      put(tilePath(tile), tile.hashes);
      if (tile.level === 0) put(entriesPath(tile), bundle(256 * tile.index, 256));
    }
  for (const tile of edgeTiles(size)) {
    put(tilePath(tile), tree.partial(tile.level));
    if (tile.level === 0) put(entriesPath(tile), bundle(256 * tile.index, tile.width));
  }
  return { store, head: { size, root: tree.root() } };
};
const { store, head } = treeOf(1500);

describe('a growing tree', () => {
  it('has the root that RFC 6962 defines, at every size', () => {
    const tree = new GrowingTree();
    expect(tree.root()).toEqual(EMPTY_ROOT);
    for (let size = 1; size <= 600; size += 1) {
      tree.append(leafAt(size - 1));
      if (size < 20 || size % 37 === 0 || (size + 1) % 256 < 3)
        expect(tree.root(), `${size}`).toEqual(rangeHash(0, size));
    }
  });

  it('of 65,536 leaves has filled a tile of the second level', () => {
    const tree = new GrowingTree();
    let filled = 0;
    for (let index = 0; index < 65_536; index += 1) filled += tree.append(leafAt(index)).length;
    expect(filled).toBe(257);
    expect(edgeTiles(65_536)).toEqual([{ level: 2, index: 0, width: 1 }]);
    expect(tree.root()).toEqual(rangeHash(0, 65_536));
  });
});

describe('paths', () => {
  it('are those of tlog-tiles', () => {
    expect(indexPath(1_234_067)).toBe('x001/x234/067');
    expect(indexPath(1000)).toBe('x001/000');
    expect(tilePath({ level: 3, index: 7, width: 256 })).toBe('tile/3/007');
    expect(entriesPath({ index: 999, width: 255 })).toBe('tile/entries/999.p/255');
  });

  it('of the example in tlog-tiles are those that it names', () => {
    expect(edgeTiles(70_000).map(tilePath)).toEqual(['tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1']);
    expect(edgeTiles(256).map(tilePath)).toEqual(['tile/1/000.p/1']);
  });
});

describe('an entry bundle', () => {
  it('reads back as it was written, and cut short never', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 6 }), fc.nat(), (entries, cut) => {
        const octets = encodeEntries(entries);
        expect(decodeEntries(octets)?.map((entry) => Uint8Array.from(entry))).toEqual(entries);
        const short = decodeEntries(octets.subarray(0, cut % (octets.length + 1)));
        if (short) expect(encodeEntries(short)).toEqual(octets.subarray(0, cut % (octets.length + 1)));
      }),
    );
  });
});

const flip = (octets: Uint8Array, place: number): Uint8Array => {
  const copy = Uint8Array.from(octets);
  copy[place % copy.length]! ^= 1;
  return copy;
};

describe('an inclusion proof', () => {
  it('verifies for its leaf, and for no other', async () => {
    const reader = await LedgerReader.open(store, head);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 1499 }), fc.nat({ max: 1499 }), fc.nat(), async (index, other, place) => {
        const hash = leafHash(leafAt(index));
        const proof = await proveInclusion(reader, index);
        expect(verifyInclusion(proof, head, { index, hash })).toBe(true);
        if (other !== index) expect(verifyInclusion(proof, head, { index: other, hash })).toBe(false);
        expect(verifyInclusion(proof, head, { index, hash: flip(hash, place) })).toBe(false);
        expect(verifyInclusion(proof.slice(1), head, { index, hash })).toBe(false);
        expect(verifyInclusion([...proof, hash], head, { index, hash })).toBe(false);
        const altered = proof.map((each, at) => (at === place % proof.length ? flip(each, place) : each));
        expect(verifyInclusion(altered, head, { index, hash })).toBe(false);
      }),
    );
  });

  it('of the one leaf of a tree is empty, and of no leaf there is none', async () => {
    const one = treeOf(1);
    const reader = await LedgerReader.open(one.store, one.head);
    expect(await proveInclusion(reader, 0)).toEqual([]);
    expect(verifyInclusion([], one.head, { index: 0, hash: leafHash(leafAt(0)) })).toBe(true);
    for (const index of [1, -1, 0.5]) {
      await expect(proveInclusion(reader, index)).rejects.toThrow(RangeError);
      expect(verifyInclusion([], one.head, { index, hash: leafHash(leafAt(0)) })).toBe(false);
    }
  });
});

describe('a consistency proof', () => {
  it('verifies for its two trees, and for no other', async () => {
    const reader = await LedgerReader.open(store, head);
    const sizes = fc.oneof(fc.integer({ min: 1, max: 1499 }), fc.constantFrom(1, 2, 255, 256, 257, 512, 1024, 1280));
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async (size, place) => {
        const earlier = { size, root: rangeHash(0, size) };
        const proof = await proveConsistency(reader, size);
        expect(verifyConsistency(proof, earlier, head)).toBe(true);
        expect(verifyConsistency(proof, { size, root: flip(earlier.root, place) }, head)).toBe(false);
        expect(verifyConsistency(proof, earlier, { ...head, root: flip(head.root, place) })).toBe(false);
        expect(verifyConsistency(proof, { ...earlier, size: size + 1 }, head)).toBe(false);
        expect(verifyConsistency(proof.slice(1), earlier, head)).toBe(false);
        expect(verifyConsistency([...proof, head.root], earlier, head)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('of a tree with itself or the empty one is empty', async () => {
    const reader = await LedgerReader.open(store, head);
    expect(await proveConsistency(reader, 1500)).toEqual([]);
    expect(await proveConsistency(reader, 0)).toEqual([]);
    expect(verifyConsistency([], head, head)).toBe(true);
    expect(verifyConsistency([], head, { ...head, root: EMPTY_ROOT })).toBe(false);
    expect(verifyConsistency([], { size: 0, root: EMPTY_ROOT }, head)).toBe(true);
    expect(verifyConsistency([], { size: 0, root: head.root }, head)).toBe(false);
    await expect(proveConsistency(reader, 1501)).rejects.toThrow(RangeError);
    expect(verifyConsistency([], { ...head, size: 1501 }, head)).toBe(false);
  });
});

describe('trees beyond 32 bits', () => {
  const size = fc.integer({ min: 2, max: 2 ** 45 });
  const hashes = (count: number): Uint8Array[] => Array.from({ length: count }, (_, index) => leafHash(leafAt(index)));

  it('verify by the proofs that their ranges define', () => {
    fc.assert(
      fc.property(size, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (end, place) => {
        const index = Math.floor(place * end);
        const ranges = inclusionRanges(index, { start: 0, end });
        expect(ranges.reduce((sum, range) => sum + range.end - range.start, 1)).toBe(end);
        const proof = hashes(ranges.length);
        // A sibling lies to the left of the leaf or to the right.
        const root = ranges.reduce<Uint8Array>(
          (hash, range, at) => (range.start > index ? nodeHash(hash, proof[at]!) : nodeHash(proof[at]!, hash)),
          EMPTY_ROOT,
        );
        expect(verifyInclusion(proof, { size: end, root }, { index, hash: EMPTY_ROOT })).toBe(true);
      }),
    );
  });

  it('verify as continuations by the proofs that their ranges define', () => {
    fc.assert(
      fc.property(size, fc.double({ min: 0, max: 1, noNaN: true }), (end, place) => {
        const earlier = 1 + Math.floor(place * (end - 2));
        const ranges = consistencyRanges(earlier, { start: 0, end });
        const proof = hashes(ranges.length);
        // Without a first hash of its own the earlier tree is perfect, and begins the proof itself.
        const perfect = Math.log2(earlier) % 1 === 0;
        let [before, after]: Uint8Array[] = perfect ? [EMPTY_ROOT, EMPTY_ROOT] : [proof[0]!, proof[0]!];
        for (const [at, range] of ranges.entries()) {
          if (at === 0 && !perfect) continue;
          if (range.start >= earlier) after = nodeHash(after!, proof[at]!);
          else [before, after] = [nodeHash(proof[at]!, before!), nodeHash(proof[at]!, after!)];
        }
        const heads = [
          { size: earlier, root: before! },
          { size: end, root: after! },
        ] as const;
        expect(verifyConsistency(proof, ...heads)).toBe(true);
      }),
    );
  });
});

describe('a reader', () => {
  it('gives every leaf, from any bundle', async () => {
    const reader = await LedgerReader.open(store, head);
    for (const from of [0, 255, 256, 1400]) {
      const leaves: Uint8Array[] = [];
      for await (const bundle of reader.bundles(from)) leaves.push(...bundle);
      const first = from - (from % 256);
      expect(leaves.map(String)).toEqual(Array.from({ length: 1500 - first }, (_, at) => `leaf ${first + at}`));
    }
  });

  it('reads an earlier tree whose partial tiles are gone, by the full ones', async () => {
    const earlier = { size: 700, root: rangeHash(0, 700) };
    const files = { read: (path: string) => store.read(path === 'tile/1/000.p/2' ? 'tile/1/000.p/5' : path) };
    const reader = await LedgerReader.open(files, earlier);
    let count = 0;
    for await (const bundle of reader.bundles()) count += bundle.length;
    expect(count).toBe(700);
    expect(sameHash(await reader.rangeHash({ start: 0, end: 700 }), earlier.root)).toBe(true);
  });

  it.each([...store.files.keys()])('gives nothing out that %s altered or lost would change', async (path) => {
    for (const octets of [flip(store.files.get(path)!, 77), Buffer.alloc(0), undefined]) {
      const files = { read: (wanted: string) => (wanted === path ? Promise.resolve(octets) : store.read(wanted)) };
      const given: string[] = [];
      const reading = (async () => {
        const reader = await LedgerReader.open(files, head);
        for await (const bundle of reader.bundles()) given.push(...bundle.map(String));
      })();
      await expect(reading).rejects.toMatchObject({ code: 'damaged' });
      expect(given).toEqual(Array.from({ length: given.length }, (_, index) => `leaf ${index}`));
    }
  });
});
