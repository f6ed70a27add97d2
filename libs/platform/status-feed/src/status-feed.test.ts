import { serialNumberOctets } from '@kakunin/x509';
import { beforeEach, describe, expect, it } from 'vitest';
import { Freshness } from './freshness.ts';
import { StatusFeed } from './status-feed.ts';
import { statusHealth } from './status-health.ts';
import {
  authorityOf,
  certificateEvent,
  certificateStatus,
  good,
  recordsOf,
  registered,
  revoked,
} from './testing/status-events.ts';

const MAX_AGE = 60_000;
let now: number;
const clock = { now: () => now };
let feed: StatusFeed;
beforeEach(() => {
  now = 1_800_000_000_000;
  feed = new StatusFeed({ clock, maxAge: MAX_AGE });
});

const registeredA = certificateEvent(registered(authorityOf('a')));
const issued = (serial: string) => certificateEvent(certificateStatus('a', serial, good));
const stateOf = (serial: string) => feed.get('a')?.index.lookup(serialNumberOctets(serial)).state;
const health = () => statusHealth(feed, clock);
const at = (partition: number, nextOffset: number) => ({ partition, nextOffset: String(nextOffset) });
const codeOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
};

describe('applying events', () => {
  it('keeps the status of each authority', () => {
    feed.apply(
      recordsOf([registeredA, issued('1'), certificateEvent(certificateStatus('a', '2', revoked('superseded')))]),
    );
    expect([stateOf('1'), stateOf('2'), stateOf('3')]).toEqual(['good', 'revoked', 'not_issued']);
    expect(feed.authorities().map(({ authority }) => authority.authorityId)).toEqual(['a']);
    expect(feed.positions()).toEqual([{ topic: 'certificate-events', partition: 0, nextOffset: 3n }]);
  });

  it('keeps fingerprints where the authority wants CertHash, whatever comes after', () => {
    const fingerprint = 'ab'.repeat(32);
    const events = ['a', 'b'].flatMap((authorityId) => [
      registered({ ...authorityOf(authorityId), ...(authorityId === 'a' && { certHash: true }) }),
      { ...certificateStatus(authorityId, '1', good), fingerprint },
      certificateStatus(authorityId, '1', revoked('superseded')),
    ]);
    feed.apply(recordsOf(events.map((event) => certificateEvent(event))));
    const fingerprints = ['a', 'b'].map((authorityId) => {
      const state = feed.get(authorityId)?.index.lookup(serialNumberOctets('1'));
      return state?.state === 'revoked' ? state.fingerprint : 'not revoked';
    });
    expect(fingerprints).toEqual([Uint8Array.from(Buffer.from(fingerprint, 'hex')), undefined]);
  });

  it('keeps the partition of each certificate where the authority has partitions, and refuses another one', () => {
    const of = (partition: string) =>
      certificateEvent({ ...certificateStatus('a', '1', revoked('superseded')), partition });
    feed.apply(recordsOf([certificateEvent(registered({ ...authorityOf('a'), partitioned: true })), of('13101')]));
    const frozen = feed.get('a')!.freeze();
    expect([...frozen.byPartition()].map(([label, ordinals]) => [label, ordinals.length])).toEqual([['13101', 1]]);
    frozen.release();
    expect(() => feed.apply(recordsOf([of('13102')], 0, 2n))).toThrow(
      expect.objectContaining({ code: 'partition_differs' }),
    );
  });

  it('passes over a batch that is handed over again, though a final revocation lies in it', () => {
    const batch = recordsOf([
      registeredA,
      issued('1'),
      certificateEvent(certificateStatus('a', '1', revoked('superseded'))),
    ]);
    feed.apply(batch);
    feed.apply(batch);
    expect([stateOf('1'), feed.appliedCount]).toEqual(['revoked', 3]);
  });

  it('passes over events that their producer sent twice', () => {
    const sent = [
      registeredA,
      certificateEvent(certificateStatus('a', '1', good), 1_000n),
      certificateEvent(certificateStatus('a', '1', revoked('superseded')), 1_001n),
    ];
    feed.apply(recordsOf([...sent, ...sent]));
    expect(stateOf('1')).toBe('revoked');
  });

  it('tells of each authority that changed, once a batch', () => {
    const told: string[] = [];
    const stop = feed.onChange((authorityId) => told.push(authorityId));
    const b = certificateEvent(registered(authorityOf('b')));
    feed.apply(recordsOf([registeredA, b, issued('1'), issued('2')]));
    feed.apply(recordsOf([issued('1')], 0, 4n));
    expect(told).toEqual(['a', 'b']);
    stop();
    feed.apply(recordsOf([issued('5')], 0, 5n));
    expect(told).toHaveLength(2);
  });
});

describe('an event that is refused', () => {
  const poison = { ...issued('9'), value: Buffer.from('{"type":"certificate_status"') };

  it.each([
    ['undecodable JSON', poison, 'undecodable'],
    ['another schema', { ...poison, value: Buffer.from('{"type":"new"}') }, 'undecodable'],
    ['another key', { ...issued('9'), key: 'b' }, 'wrong_key'],
    ['an unknown authority', certificateEvent(certificateStatus('b', '1', good)), 'authority_unknown'],
    ['no identity', { ...issued('9'), headers: {} }, 'invalid_event'],
    [
      'a certificate that cannot be read',
      certificateEvent(registered({ ...authorityOf('c'), certificate: 'AAAA' })),
      'malformed_certificate',
    ],
    ['a changed authority', certificateEvent(registered(authorityOf('a', 'sequential'))), 'authority_differs'],
  ])('because of %s is thrown, and those before it stay applied', (_, event, code) => {
    const batch = recordsOf([registeredA, issued('1'), event, issued('2')]);
    expect(codeOf(() => feed.apply(batch))).toBe(code);
    expect([stateOf('1'), stateOf('2')]).toEqual(['good', 'not_issued']);
    expect(codeOf(() => feed.apply(batch))).toBe(code);
    feed.block(batch[2]!, code);
    feed.apply(batch);
    expect(stateOf('2')).toBe('good');
  });

  it('because it takes a final revocation back blocks its authority, until it is resolved', () => {
    feed.apply(recordsOf([registeredA, certificateEvent(certificateStatus('a', '1', revoked('superseded')))]));
    feed.apply(recordsOf([certificateEvent(registered(authorityOf('b')))], 1));
    const [refused] = recordsOf([certificateEvent(certificateStatus('a', '1', good))], 0, 2n);
    expect(codeOf(() => feed.apply([refused!]))).toBe('final_revocation');
    feed.block(refused!, 'final_revocation');
    feed.applyWatermark({ at: now, positions: [at(0, 3), at(1, 1)] });
    expect(feed.authorities().map((status) => [status.blocked, feed.isFresh(status)])).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(health()).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/Authority a is blocked.*partition 0 offset 2/),
    });

    const resolution = {
      type: 'dead_letter_resolved',
      authorityId: 'a',
      partition: 0,
      offset: '1',
      note: 'x',
    } as const;
    feed.apply(recordsOf([certificateEvent(resolution)], 0, 3n));
    expect(feed.get('a')?.blocked).toBe(true);
    feed.apply(recordsOf([certificateEvent({ ...resolution, offset: '2' })], 0, 4n));
    expect(feed.get('a')?.blocked).toBe(false);
    expect(health().ok).toBe(true);
  });
});

describe('as of when the status is true', () => {
  beforeEach(() => feed.apply(recordsOf([registeredA, issued('1')])));

  it('is the newest watermark whose positions were reached', () => {
    expect([feed.get('a')?.asOf, health().ok]).toEqual([0, false]);
    feed.applyWatermark({ at: now - 3_000, positions: [at(0, 1)] });
    feed.applyWatermark({ at: now - 2_000, positions: [at(0, 2)] });
    feed.applyWatermark({ at: now - 1_000, positions: [at(0, 3)] });
    expect(feed.get('a')?.asOf).toBe(now - 2_000);
    feed.apply(recordsOf([issued('2')], 0, 2n));
    expect(feed.get('a')?.asOf).toBe(now - 1_000);
  });

  it('goes stale for a partition that lags, and for no other', () => {
    feed.apply(recordsOf([certificateEvent(registered(authorityOf('b')))], 1));
    feed.applyWatermark({ at: now, positions: [at(0, 2), at(1, 1)] });
    now += MAX_AGE + 1_000;
    feed.applyWatermark({ at: now, positions: [at(0, 2), at(1, 2)] });
    expect(feed.authorities().map((status) => feed.isFresh(status))).toEqual([true, false]);
    expect(health()).toMatchObject({ ok: false, detail: expect.stringContaining('61 s old, more than 60 s') });
  });

  it('is not later than now, though the clock of the registry runs ahead', () => {
    feed.applyWatermark({ at: now + MAX_AGE, positions: [at(0, 2)] });
    expect(feed.get('a')?.asOf).toBe(now);
  });

  it('is not told by a clock that runs ahead by more than data may be old: after a restart nobody knows its age', () => {
    feed.applyWatermark({ at: now + MAX_AGE + 1, positions: [at(0, 2)] });
    expect([feed.get('a')?.asOf, health().ok]).toEqual([0, false]);
  });

  it('is not later than the moment when the log took the watermark', () => {
    const loggedAt = now - MAX_AGE - 1;
    feed.applyWatermark({ at: now + 30_000, positions: [at(0, 2)] }, loggedAt);
    expect([feed.get('a')?.asOf, feed.isFresh(feed.get('a')!)]).toEqual([loggedAt, false]);
  });

  it('is unknown when our clock was set back, until the next watermark', () => {
    feed.applyWatermark({ at: now, positions: [at(0, 2)] });
    now -= 3_600_000;
    expect(feed.isFresh(feed.get('a')!)).toBe(false);
    expect(health()).toMatchObject({ ok: false, detail: expect.stringContaining('3600 s ahead of the clock') });
    feed.applyWatermark({ at: now - 500, positions: [at(0, 2)] });
    expect([feed.get('a')?.asOf, feed.isFresh(feed.get('a')!)]).toEqual([now - 500, true]);
  });

  it('is unknown after a restart, until everything is applied that lay in the log: a revocation is not forgotten', () => {
    feed.applyWatermark({ at: now, positions: [at(0, 2)] });
    feed = new StatusFeed({ clock, maxAge: MAX_AGE, snapshot: feed.snapshot() });
    feed.confirm([{ topic: 'certificate-events', partition: 0, nextOffset: 3n }]);
    feed.applyWatermark({ at: now, positions: [at(0, 2)] });
    expect([stateOf('1'), feed.isFresh(feed.get('a')!), feed.oldestAsOf]).toEqual(['good', false, 0]);
    feed.apply(recordsOf([certificateEvent(certificateStatus('a', '1', revoked('superseded')))], 0, 2n));
    expect([stateOf('1'), feed.isFresh(feed.get('a')!)]).toEqual(['revoked', true]);
  });

  it('stays fresh for exactly the age that is allowed', () => {
    feed.applyWatermark({ at: now, positions: [at(0, 2)] });
    now += MAX_AGE;
    expect(feed.isFresh(feed.get('a')!)).toBe(true);
    now += 1;
    expect(feed.isFresh(feed.get('a')!)).toBe(false);
  });
});

describe('what other threads read', () => {
  const read = () => {
    const { asOf, blocked } = new Freshness(feed.get('a')!.freshness.memory);
    return [asOf, blocked];
  };

  it('follows watermarks and refused events', () => {
    feed.apply(recordsOf([registeredA]));
    expect(read()).toEqual([0, false]);
    feed.applyWatermark({ at: now, positions: [at(0, 1)] });
    expect(read()).toEqual([now, false]);
    feed.block(recordsOf([issued('1')], 0, 1n)[0]!, 'serial_out_of_range');
    expect(read()).toEqual([now, true]);
  });

  it('is nothing any more for whom the feed forgot, and those who listen are told', () => {
    feed.apply(recordsOf([registeredA]));
    feed.applyWatermark({ at: now, positions: [at(0, 1)] });
    const forgotten = new Freshness(feed.get('a')!.freshness.memory);
    const told: string[] = [];
    feed.onChange((authorityId) => told.push(authorityId));
    feed.reset();
    feed.confirm([]);
    expect(forgotten.asOf).toBe(0);
    expect(told).toEqual(['a']);
  });
});
