import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealSerial } from '@kakunin/status-index';
import { serialNumberHex } from '@kakunin/x509';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SealingKeysDirectory } from './sealing-keys-directory.ts';
import { SnapshotDirectory } from './snapshot-directory.ts';
import { StatusFeed } from './status-feed.ts';
import {
  authorityOf,
  certificateEvent,
  certificateStatus,
  good,
  recordsOf,
  registered,
  revoked,
} from './testing/status-events.ts';

// Leak drill 5: the snapshot file of a responder leaks, without sealing keys (docs/explanation/threat-model.md).

const CERTIFICATES = 200;
const clock = { now: () => 1_800_000_000_000 };
const KEY = Buffer.alloc(32, 7);
let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'kakunin-leak-'));
  mkdirSync(join(path, 'a'));
  writeFileSync(join(path, 'a', 'sealing-1.key'), KEY.toString('hex'));
});
afterEach(() => rmSync(path, { recursive: true }));

/** The file of a responder that follows one authority. */
async function snapshotOf(scheme: 'sealed' | 'random' | 'sequential', serials: readonly Uint8Array[]): Promise<Buffer> {
  const keys = new SealingKeysDirectory(path);
  const feed = new StatusFeed({ clock, maxAge: 60_000, snapshot: undefined, sealingKeysOf: (id) => keys.keysOf(id) });
  feed.confirm([]);
  const events = serials.map((serial, index) =>
    certificateEvent(certificateStatus('a', serialNumberHex(serial)!, index % 10 === 0 ? revoked('superseded') : good)),
  );
  feed.apply(recordsOf([certificateEvent(registered(authorityOf('a', scheme))), ...events]));
  const directory = join(path, `snapshots-${scheme}`);
  await new SnapshotDirectory(directory, { warn: vi.fn() }).save(feed.snapshot());
  return readFileSync(join(directory, readdirSync(directory)[0]!));
}

const holds = (file: Buffer, serial: Uint8Array): boolean => {
  const forwards = Buffer.from(serial);
  return [forwards, Buffer.from(forwards.toReversed()), Buffer.from(forwards.toString('hex'))].some((each) =>
    file.includes(each),
  );
};

it('of an authority with sealed serial numbers it gives none away, and no key: only how many there are', async () => {
  const serials = Array.from({ length: CERTIFICATES }, (_, ordinal) => sealSerial(KEY, 1, ordinal));
  const file = await snapshotOf('sealed', serials);
  expect(file.includes(KEY) || file.includes(KEY.toString('hex'))).toBe(false);
  for (const serial of serials) {
    expect(holds(file, serial)).toBe(false);
    expect(holds(file, serial.subarray(1))).toBe(false);
  }
  // The rest of the file is status by ordinal, in the open: how many were issued and revoked, when and why.
  expect(file.includes(`"rows":${CERTIFICATES}`)).toBe(true);
  const revokedIn = Buffer.alloc(4);
  revokedIn.writeUInt32LE(Date.UTC(2026, 9, 1) / 1_000);
  expect(file.includes(revokedIn)).toBe(true);
});

it('of an authority with random serial numbers it is the list of them: guard it as the register', async () => {
  const serials = Array.from({ length: CERTIFICATES }, (_, ordinal) => sealSerial(Buffer.alloc(32, 9), 1, ordinal));
  const file = await snapshotOf('random', serials);
  const words = (serial: Uint8Array): Buffer[] => [0, 4, 8].map((at) => Buffer.from(serial).subarray(1 + at, 5 + at));
  const found = serials.filter((serial) => words(serial).every((word) => holds(file, word)));
  expect(found).toHaveLength(CERTIFICATES);
});

it('of an authority that counts it is the list as well: the first number, how many, and the status of each', async () => {
  const count = 100;
  const serials = Array.from({ length: count }, (_, ordinal) => Uint8Array.of(1 + ordinal));
  const file = await snapshotOf('sequential', serials);
  expect(file.includes('"first":"1"')).toBe(true);
  expect(file.includes(`"rows":${count}`)).toBe(true);
});
