import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Killed, killedAfter, ledgerStoreContract } from '@kakunin/testing';
import type { UsageSegment } from '@kakunin/usage';
import { openCheckpoint } from './checkpoint.ts';
import { LedgerReader } from './ledger-reader.ts';
import { appendPath, CHECKPOINT_PATH } from './ledger-store.ts';
import type { LedgerStore } from './ledger-store.ts';
import { LedgerWriter } from './ledger-writer.ts';
import { leafHash, nodeHash } from './tree-hash.ts';
import { ORIGIN, OPERATOR, signer } from './testing/keys.ts';
import { MemoryLedgerStore } from './testing/memory-ledger-store.ts';
import { CUSTOMER, PRODUCER, usageEvent, usageSegment } from './testing/usage.ts';
import { parseUsageLeaf } from './usage-leaf.ts';

ledgerStoreContract('MemoryLedgerStore', () => Promise.resolve(new MemoryLedgerStore()));

const writerOn = (store: LedgerStore): LedgerWriter =>
  new LedgerWriter({ operator: OPERATOR, customer: CUSTOMER, store, signers: [signer()] });

/** RFC 6962, section 2.1, word for word. */
const treeHash = (leaves: readonly Uint8Array[]): Uint8Array => {
  if (leaves.length === 1) return leafHash(leaves[0]!);
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return nodeHash(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
};

/** The event ids of a ledger whose every file was held against its checkpoint. */
async function eventIdsOf(store: MemoryLedgerStore): Promise<string[]> {
  const octets = store.files.get(CHECKPOINT_PATH);
  if (!octets) return [];
  const head = openCheckpoint(octets, { origin: ORIGIN, verifiers: [signer()] });
  const reader = await LedgerReader.open(store, head);
  const leaves: Uint8Array[] = [];
  for await (const bundle of reader.bundles()) leaves.push(...bundle);
  expect(leaves.length).toBe(head.size);
  expect(Buffer.from(treeHash(leaves))).toEqual(Buffer.from(head.root));
  return leaves.map((leaf) => parseUsageLeaf(leaf)!.eventId);
}

const idsOf = (segments: readonly UsageSegment[]): string[] =>
  segments.flatMap(({ producer, sequence, events }) => events.map((_, index) => `${producer}/${sequence}/${index}`));

/** Segment n is at n: together more than two tiles. */
const SEGMENTS = [0, 1, 2, 3, 4, 5].map((sequence) => usageSegment(sequence, 40 * sequence));

describe('appending', () => {
  it('makes a tree of the segments in the order in which they came', async () => {
    const store = new MemoryLedgerStore();
    const segments = [300, 1, 255, 256, 700].map((count, index) => usageSegment(index + 1, count));
    for (const segment of segments) await writerOn(store).append([segment]);
    expect(await eventIdsOf(store)).toEqual(idsOf(segments));
  });

  it('makes the same files in one go as step by step, but for partial tiles and states', async () => {
    const segments = [1, 2, 3].map((sequence) => usageSegment(sequence, 400));
    const [once, stepwise] = [new MemoryLedgerStore(), new MemoryLedgerStore()];
    await writerOn(once).append(segments);
    for (const segment of segments) await writerOn(stepwise).append([segment]);
    const tiles = [...once.files].filter(([path]) => !/^(append|state)/.test(path));
    for (const [path, octets] of tiles) expect(stepwise.files.get(path), path).toEqual(octets);
  });

  it("takes a customer's own events, numbered without regard to others'", async () => {
    const store = new MemoryLedgerStore();
    const events = [
      usageEvent(1, { platformProvider: 'pf-b' }),
      usageEvent(2),
      usageEvent(3, { platformProvider: 'pf-b' }),
      usageEvent(4),
    ];
    await writerOn(store).append([{ producer: PRODUCER, sequence: 7n, events }]);
    expect(await eventIdsOf(store)).toEqual([`${PRODUCER}/7/0`, `${PRODUCER}/7/1`]);
  });

  it('of nothing writes nothing', async () => {
    const store = new MemoryLedgerStore();
    expect(await writerOn(store).append([usageSegment(1, 3, { platformProvider: 'pf-b' })])).toMatchObject({ size: 0 });
    expect(store.files.size).toBe(0);
  });

  it('goes on after a change of keys, as long as the old one is known', async () => {
    const store = new MemoryLedgerStore();
    await writerOn(store).append([usageSegment(1, 3)]);
    const options = { operator: OPERATOR, customer: CUSTOMER, store, signers: [signer(2)] };
    await expect(new LedgerWriter(options).append([])).rejects.toMatchObject({ code: 'unverified_note' });
    await new LedgerWriter({ ...options, retired: [signer(1)] }).append([usageSegment(2, 3)]);
    const checkpoint = store.files.get(CHECKPOINT_PATH)!;
    expect(openCheckpoint(checkpoint, { origin: ORIGIN, verifiers: [signer(2)] }).size).toBe(6);
  });

  it('makes a checkpoint again that was lost or is older than its tree', async () => {
    const store = new MemoryLedgerStore();
    for (const segment of SEGMENTS.slice(1, 3)) await writerOn(store).append([segment]);
    const older = store.files.get(CHECKPOINT_PATH)!;
    for (const segment of SEGMENTS.slice(3)) await writerOn(store).append([segment]);
    const newest = store.files.get(CHECKPOINT_PATH)!;
    store.files.set(CHECKPOINT_PATH, older);
    await writerOn(store).append([usageSegment(2, 1)]);
    expect(store.files.get(CHECKPOINT_PATH)).toEqual(newest);
    store.files.delete(CHECKPOINT_PATH);
    await writerOn(store).append([]);
    expect(store.files.get(CHECKPOINT_PATH)).toEqual(newest);
  });

  it('refuses a key of another ledger', () => {
    const signers = [signer(1, 'kakunin/test/pf-b')];
    const store = new MemoryLedgerStore();
    expect(() => new LedgerWriter({ operator: OPERATOR, customer: CUSTOMER, store, signers })).toThrow(
      expect.objectContaining({ code: 'invalid_key' }),
    );
  });
});

describe('a segment that comes again', () => {
  const deliveries = fc.array(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 5 }), { maxLength: 8 });

  it('adds nothing, in whatever order and however often segments come', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async (batches) => {
        const store = new MemoryLedgerStore();
        for (const batch of batches) await writerOn(store).append(batch.map((sequence) => usageSegment(sequence, 3)));
        const once = [...new Set(batches.flat())].map((sequence) => usageSegment(sequence, 3));
        expect(await eventIdsOf(store)).toEqual(idsOf(once));
      }),
      { numRuns: 60 },
    );
  });

  it('is told from a late one of another journal', async () => {
    const store = new MemoryLedgerStore();
    const other = { ...usageSegment(1, 2), producer: 'f'.repeat(32) };
    await writerOn(store).append([usageSegment(5, 2)]);
    await writerOn(store).append([other]);
    expect((await writerOn(store).append([other, usageSegment(5, 2), usageSegment(1, 2)])).size).toBe(6);
  });
});

describe('a writer that is killed', () => {
  const kill = fc.record({ lives: fc.nat({ max: 14 }), lands: fc.boolean() });
  const script = fc.array(fc.record({ kill: fc.option(kill), segments: fc.subarray([1, 2, 3, 4, 5]) }), {
    maxLength: 8,
  });

  it('leaves a valid tree at every write, and whoever comes next goes on with whatever comes next', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (steps) => {
        const store = new MemoryLedgerStore();
        for (const step of steps) {
          const view = step.kill ? killedAfter(store, step.kill.lives, step.kill.lands) : store;
          const segments = step.segments.map((sequence) => SEGMENTS[sequence]!);
          await writerOn(view)
            .append(segments)
            .catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
          const ids = await eventIdsOf(store);
          expect(new Set(ids).size).toBe(ids.length);
          if (!step.kill) expect(ids).toEqual(expect.arrayContaining(idsOf(segments)));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('at each single write of an append over a tile, is completed without its segment being sent again', async () => {
    for (let lives = 1; ; lives += 1) {
      const store = new MemoryLedgerStore();
      await writerOn(store).append([usageSegment(1, 200)]);
      const done = await writerOn(killedAfter(store, lives, false))
        .append([usageSegment(2, 400)])
        .then(
          () => true,
          () => false,
        );
      expect((await eventIdsOf(store)).length).toBe(done ? 600 : 200);
      expect((await writerOn(store).append([])).size).toBe(600);
      expect((await eventIdsOf(store)).length).toBe(600);
      if (done) return;
    }
  });
});

describe('several writers at once', () => {
  it('append each segment once, however their steps interleave', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const store = new MemoryLedgerStore();
        const turn = (): Promise<void> => scheduler.schedule(Promise.resolve());
        const slowly: LedgerStore = {
          read: (path) => turn().then(() => store.read(path)),
          writeImmutable: (path, octets) => turn().then(() => store.writeImmutable(path, octets)),
          replaceCheckpoint: (octets, expected) => turn().then(() => store.replaceCheckpoint(octets, expected)),
        };
        const work = [
          [1, 2],
          [2, 3],
          [1, 3, 4],
        ].map((batch) => writerOn(slowly).append(batch.map((sequence) => SEGMENTS[sequence]!)));
        await scheduler.waitFor(Promise.all(work));
        expect((await eventIdsOf(store)).toSorted()).toEqual(idsOf(SEGMENTS.slice(1, 5)).toSorted());
      }),
      { numRuns: 15 },
    );
  });
});

describe('a store that does not hold what it should', () => {
  const filled = async (): Promise<MemoryLedgerStore> => {
    const store = new MemoryLedgerStore();
    await writerOn(store).append([usageSegment(1, 300)]);
    return store;
  };

  it.each(['tile/0/001.p/44', 'tile/1/000.p/1', 'tile/entries/001.p/44', 'state/300'])(
    'stops the writer, and stays as it is: %s altered or lost',
    async (path) => {
      for (const change of ['alter', 'lose']) {
        const store = await filled();
        const octets = store.files.get(path)!;
        if (change === 'alter') octets[0]! ^= 1;
        else store.files.delete(path);
        const before = store.files.size;
        await expect(writerOn(store).append([usageSegment(2, 3)])).rejects.toMatchObject({ code: 'damaged' });
        expect(store.files.get(appendPath(303))).toBeUndefined();
        expect(store.files.size - before).toBeLessThanOrEqual(1);
      }
    },
  );

  it('is not overwritten where something else lies already', async () => {
    const store = await filled();
    store.files.set('tile/0/001.p/47', Buffer.from('something else'));
    await expect(writerOn(store).append([usageSegment(2, 3)])).rejects.toMatchObject({ code: 'conflict' });
    expect((await eventIdsOf(store)).length).toBe(300);
  });

  it('makes no checkpoint of an append that cannot be read', async () => {
    const store = await filled();
    store.files.set(appendPath(300), Buffer.from('tree 300 303\n\n'));
    await expect(writerOn(store).append([])).rejects.toMatchObject({ code: 'damaged' });
  });
});
