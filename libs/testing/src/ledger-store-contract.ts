import { generateKeyPairSync } from 'node:crypto';
import type { UsageEvent, UsageSegment } from '@kakunin/usage';
import {
  CHECKPOINT_PATH,
  ed25519NoteSigner,
  LedgerReader,
  ledgerOrigin,
  type LedgerStore,
  LedgerWriter,
  openCheckpoint,
} from '@kakunin/usage-ledger';
import { describe, expect, it } from 'vitest';
import { Killed, killedAfter } from './killed-ledger-store.ts';

type Open = () => Promise<LedgerStore>;

/** What every adapter of `LedgerStore` must do. @param open makes an empty store */
export function ledgerStoreContract(name: string, open: Open): void {
  describe(`${name} as a LedgerStore`, () => {
    writingOnce(open);
    replacing(open);
    crashing(open);
  });
}

const octetsOf = (text: string): Buffer => Buffer.from(text);
const textAt = async (store: LedgerStore, path: string): Promise<string | undefined> => {
  const octets = await store.read(path);
  return octets && Buffer.from(octets).toString();
};

function writingOnce(open: Open): void {
  it('knows nothing of what was never written', async () => {
    const store = await open();
    expect(await store.read('tile/0/000')).toBeUndefined();
    expect(await store.read(CHECKPOINT_PATH)).toBeUndefined();
  });

  it('writes a file once, full tiles beside partial ones', async () => {
    const store = await open();
    for (const path of ['tile/0/x001/000', 'tile/0/x001/000.p/255', 'tile/entries/x001/000', 'state/000']) {
      expect(await store.writeImmutable(path, octetsOf(path))).toBe(true);
      expect(await store.writeImmutable(path, octetsOf(path))).toBe(true);
      expect(await store.writeImmutable(path, octetsOf('other'))).toBe(false);
      expect(await textAt(store, path)).toBe(path);
    }
  });

  it('lets one of several rivals write a file, and says to all what lies there', async () => {
    const store = await open();
    const texts = ['a', 'b', 'a', 'c'];
    const won = await Promise.all(texts.map((text) => store.writeImmutable('append/000', octetsOf(text))));
    const there = await textAt(store, 'append/000');
    expect(texts).toContain(there);
    expect(won).toEqual(texts.map((text) => text === there));
  });
}

function replacing(open: Open): void {
  it('replaces the checkpoint that is expected, and no other', async () => {
    const store = await open();
    const replace = (octets: string, expected?: string) =>
      store.replaceCheckpoint(octetsOf(octets), expected === undefined ? undefined : octetsOf(expected));
    expect(await replace('one', 'none')).toBe(false);
    expect(await replace('one')).toBe(true);
    expect(await replace('two')).toBe(false);
    expect(await replace('two', 'none')).toBe(false);
    expect(await replace('two', 'one')).toBe(true);
    expect(await replace('three', 'one')).toBe(false);
    expect(await textAt(store, CHECKPOINT_PATH)).toBe('two');
    expect(await replace('one', 'two')).toBe(true);
    expect(await textAt(store, CHECKPOINT_PATH)).toBe('one');
  });

  it('lets one of several rivals replace the checkpoint', async () => {
    const store = await open();
    await store.replaceCheckpoint(octetsOf('0'), undefined);
    const rivals = ['a', 'b', 'c', 'd'];
    const won = await Promise.all(rivals.map((text) => store.replaceCheckpoint(octetsOf(text), octetsOf('0'))));
    expect(won.filter(Boolean).length).toBe(1);
    expect(await textAt(store, CHECKPOINT_PATH)).toBe(rivals[won.indexOf(true)]);
  });
}

const CUSTOMER = 'pf-a';
const ORIGIN = ledgerOrigin('test', CUSTOMER);
const signer = ed25519NoteSigner(ORIGIN, generateKeyPairSync('ed25519').privateKey);
const writerOn = (store: LedgerStore): LedgerWriter =>
  new LedgerWriter({ operator: 'test', customer: CUSTOMER, store, signers: [signer] });

function crashing(open: Open): void {
  it.each([false, true])(
    'at each write of an append that a process dies at, goes on whole (landed: %s)',
    async (lands) => {
      for (let lives = 0; ; lives += 1) {
        const store = await open();
        await writerOn(store).append([segment(1, 200)]);
        const dead = await writerOn(killedAfter(store, lives, lands))
          .append([segment(2, 100)])
          .then(() => undefined)
          .catch((error: unknown) => error);
        expect(await leavesOf(store)).toBeOneOf(dead ? [200, 300] : [300]);
        await writerOn(store).append([segment(2, 100), segment(3, 1)]);
        expect(await leavesOf(store)).toBe(301);
        if (!dead) return;
        expect(dead).toBeInstanceOf(Killed);
      }
    },
  );
}

/** Leaves of a ledger whose every file was held against its checkpoint. */
async function leavesOf(store: LedgerStore): Promise<number> {
  const checkpoint = (await store.read(CHECKPOINT_PATH)) as Uint8Array;
  const reader = await LedgerReader.open(store, openCheckpoint(checkpoint, { origin: ORIGIN, verifiers: [signer] }));
  let leaves = 0;
  for await (const bundle of reader.bundles()) leaves += bundle.length;
  return leaves;
}

const segment = (sequence: number, count: number): UsageSegment => ({
  producer: '0123456789abcdef'.repeat(2),
  sequence: BigInt(sequence),
  events: Array.from({ length: count }, (_, index) => ({ ...EVENT, time: 1000 * sequence + index })),
});

const EVENT: UsageEvent = {
  time: 0,
  platformProvider: CUSTOMER,
  serviceProvider: 'sp-a',
  authorityId: 'signature-g1',
  certificateClass: 'signature',
  carrier: 'card',
  channel: 'ocsp',
  purpose: 'signature_verification',
  outcome: 'good',
  requestDigest: new Uint8Array(16),
  certificateDigest: new Uint8Array(16),
};
