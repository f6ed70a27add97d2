import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealSerial } from '@kakunin/status-index';
import { serialNumberHex } from '@kakunin/x509';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SealingKeysDirectory } from './sealing-keys-directory.ts';
import { SnapshotDirectory } from './snapshot-directory.ts';
import { StatusFeed } from './status-feed.ts';
import { statusHealth } from './status-health.ts';
import {
  authorityOf,
  certificateEvent,
  certificateStatus,
  good,
  recordsOf,
  registered,
} from './testing/status-events.ts';

const clock = { now: () => 1_800_000_000_000 };
const KEYS = [1, 2].map((octet) => Buffer.alloc(32, octet));
let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'kakunin-sealing-'));
  mkdirSync(join(path, 'a'));
});
afterEach(() => rmSync(path, { recursive: true }));

const putKey = (version: number, text = KEYS[version - 1]!.toString('hex')): void =>
  writeFileSync(join(path, 'a', `sealing-${version}.key`), `${text}\n`);
const serialOf = (version: number, ordinal: number): Uint8Array => sealSerial(KEYS[version - 1]!, version, ordinal);
const issued = (version: number, ordinal: number) =>
  certificateEvent(certificateStatus('a', serialNumberHex(serialOf(version, ordinal)) ?? '', good));

function feedOf(snapshot?: ReturnType<SnapshotDirectory['load']>): StatusFeed {
  const keys = new SealingKeysDirectory(path);
  const feed = new StatusFeed({
    clock,
    maxAge: 60_000,
    snapshot,
    sealingKeysOf: (authorityId) => keys.keysOf(authorityId),
  });
  feed.confirm([]);
  return feed;
}
const authority = certificateEvent(registered(authorityOf('a', 'sealed')));
const stateOf = (feed: StatusFeed, serial: Uint8Array) => feed.get('a')?.index.lookup(serial).state;

it('an authority with sealed serial numbers is answered for with its key', () => {
  putKey(1);
  const feed = feedOf();
  feed.apply(recordsOf([authority, issued(1, 0), issued(1, 7)]));
  expect(stateOf(feed, serialOf(1, 7))).toBe('good');
  expect(stateOf(feed, serialOf(1, 8))).toBe('not_issued');
  expect(feed.get('a')?.blocked).toBe(false);
});

it('a key that came later is read when it is needed', () => {
  putKey(1);
  const feed = feedOf();
  feed.apply(recordsOf([authority, issued(1, 0)]));
  putKey(2);
  feed.apply(recordsOf([issued(2, 4096)], 0, 2n));
  expect(stateOf(feed, serialOf(2, 4096))).toBe('good');
});

it.each([
  ['missing', () => undefined],
  ['no key', () => putKey(1, 'not hexadecimal')],
  ['out of range', () => putKey(128, KEYS[0]!.toString('hex'))],
])('without its key (%s) an event is refused', (_, prepare) => {
  prepare();
  const feed = feedOf();
  expect(() => feed.apply(recordsOf([authority, issued(1, 0)]))).toThrow(
    expect.objectContaining({ code: 'sealing_key_unknown' }),
  );
});

it('a snapshot whose key is gone blocks the authority, until the key is back', async () => {
  putKey(1);
  const before = feedOf();
  before.apply(recordsOf([authority, issued(1, 0)]));
  const directory = new SnapshotDirectory(join(path, 'snapshots'), { warn: vi.fn() });
  await directory.save(before.snapshot());
  rmSync(join(path, 'a', 'sealing-1.key'));
  const feed = feedOf(directory.load());
  feed.applyWatermark({ at: clock.now(), positions: [{ partition: 0, nextOffset: '2' }] });
  const status = feed.get('a')!;
  expect([status.blocked, status.freshness.blocked, feed.isFresh(status)]).toEqual([true, true, false]);
  expect(statusHealth(feed, clock)).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/Authority a .*key version 1\./),
  });
  putKey(1);
  feed.applyWatermark({ at: clock.now(), positions: [{ partition: 0, nextOffset: '2' }] });
  expect([status.blocked, status.freshness.blocked, feed.isFresh(status)]).toEqual([false, false, true]);
  expect(stateOf(feed, serialOf(1, 0))).toBe('good');
  expect(statusHealth(feed, clock).ok).toBe(true);
});
