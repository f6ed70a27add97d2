import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialNumberOctets } from '@kakunin/x509';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

const clock = { now: () => 1_800_000_000_000 };
const logger = { warn: vi.fn() };
let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'kakunin-snapshots-'));
  logger.warn.mockClear();
});
afterEach(() => rmSync(path, { recursive: true }));

const directory = (): SnapshotDirectory => new SnapshotDirectory(path, logger);
function feedOf(snapshot?: ReturnType<SnapshotDirectory['load']>): StatusFeed {
  const feed = new StatusFeed({ clock, maxAge: 60_000, snapshot });
  feed.confirm([]);
  return feed;
}

const EVENTS = recordsOf([
  certificateEvent(registered(authorityOf('a'))),
  certificateEvent(registered(authorityOf('b', 'sequential'))),
  ...Array.from({ length: 3_000 }, (_, index) => {
    const status = index % 10 === 0 ? revoked(index % 20 === 0 ? 'superseded' : 'certificateHold') : good;
    return certificateEvent(certificateStatus(index % 2 === 0 ? 'a' : 'b', (index + 1).toString(16), status));
  }),
]);

function filled(): StatusFeed {
  const feed = feedOf();
  feed.apply(EVENTS);
  feed.block(recordsOf([certificateEvent(certificateStatus('b', '1', good))], 3, 7n)[0]!, 'undecodable');
  feed.applyWatermark({ at: clock.now(), positions: [{ partition: 0, nextOffset: String(EVENTS.length) }] });
  return feed;
}

const digestOf = (feed: StatusFeed) => ({
  positions: feed.positions(),
  blocked: feed.blockedEvents(),
  oldestAsOf: feed.oldestAsOf,
  authorities: feed.authorities().map(({ authority, asOf, blocked, index }) => {
    return { authority, asOf, blocked, issued: index.issuedCount, entries: [...index.revokedEntries()] };
  }),
});

describe('a snapshot', () => {
  it('brings the feed back as it was, and goes on from there', async () => {
    const feed = filled();
    await directory().save(feed.snapshot());
    const restored = feedOf(directory().load());
    expect(digestOf(restored)).toEqual(digestOf(feed));
    // Handed over again, as sent twice, and anew.
    restored.apply(EVENTS);
    restored.apply(EVENTS.map((event, index) => ({ ...event, offset: BigInt(EVENTS.length + index) })));
    expect(digestOf(restored).authorities).toEqual(digestOf(feed).authorities);
  });

  it('is of one moment, though events go on while it is written', async () => {
    const feed = filled();
    const before = digestOf(feed);
    const saving = directory().save(feed.snapshot());
    const more = Array.from({ length: 2_000 }, (_, index) =>
      certificateEvent(certificateStatus('a', (index * 2 + 1).toString(16), revoked('superseded'))),
    );
    feed.apply(recordsOf(more, 0, BigInt(EVENTS.length)));
    await saving;
    expect(digestOf(feedOf(directory().load()))).toEqual(before);
  });

  it('replaces the one before it', async () => {
    for (let count = 0; count < 3; count += 1) await directory().save(filled().snapshot());
    expect(readdirSync(path)).toEqual(['status-000000000003.snapshot']);
  });

  it('that cannot be written leaves the one before it', async () => {
    const feed = filled();
    await directory().save(feed.snapshot());
    const before = digestOf(feedOf(directory().load()));
    const { authorities, ...snapshot } = feed.snapshot();
    const index = {
      encode: () => ({
        byteLength: 1,
        release: () => undefined,
        [Symbol.iterator]: () => {
          throw new Error('ENOSPC');
        },
      }),
    };
    const broken = { ...snapshot, authorities: authorities.map((held) => ({ ...held, index: index as never })) };
    await expect(directory().save(broken)).rejects.toThrow('ENOSPC');
    expect(readdirSync(path)).toEqual(['status-000000000001.snapshot']);
    expect(digestOf(feedOf(directory().load()))).toEqual(before);
  });

  it.each([
    ['cut short', (octets: Buffer) => octets.subarray(0, octets.length - 1)],
    ['emptied', () => Buffer.alloc(0)],
    ['altered in its header', (octets: Buffer) => flip(octets, 200)],
    ['altered in an index', (octets: Buffer) => flip(octets, octets.length - 500)],
    ['prolonged', (octets: Buffer) => Buffer.concat([octets, Buffer.of(0)])],
    ['of another version', (octets: Buffer) => flip(octets, 24)],
  ])('that was %s is named in the log and not used', async (_, damage) => {
    await directory().save(filled().snapshot());
    const [name = ''] = readdirSync(path);
    writeFileSync(join(path, name), damage(readFileSync(join(path, name))));
    expect(directory().load()).toBeUndefined();
    expect(logger.warn).toHaveBeenCalledOnce();
    await directory().save(filled().snapshot());
    expect(feedOf(directory().load()).authorities()).toHaveLength(2);
  });

  it('that is older serves when the newest is damaged', async () => {
    await directory().save(filled().snapshot());
    writeFileSync(join(path, 'status-000000000009.snapshot'), 'torn');
    expect(feedOf(directory().load()).get('a')?.index.lookup(serialNumberOctets('1')).state).toBe('revoked');
  });
});

function flip(octets: Buffer, at: number): Buffer {
  octets[at]! ^= 1;
  return octets;
}
