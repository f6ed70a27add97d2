import type { CertificateStatus, SerialScheme } from '@kakunin/certificates';
import { serialNumberHex, serialNumberOctets } from '@kakunin/x509';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FrozenEntry } from './revocation-batch.ts';
import { sealSerial } from './seal-serial.ts';
import { StatusIndex } from './status-index.ts';
import { StatusIndexError } from './status-index-error.ts';

const NOT_AFTER = Date.UTC(2030, 0);
const DATE = Date.UTC(2026, 0);
const KEY = Buffer.alloc(32, 7);
const revoked = (reason: 'keyCompromise' | 'certificateHold' = 'certificateHold') =>
  ({ status: 'revoked', revocationDate: DATE, reason }) as const;
const put = (index: StatusIndex, serial: Uint8Array, [status, partition]: Put) =>
  index.put(serial, { notAfter: NOT_AFTER, carrier: 'card', status, partition });
type Put = readonly [status: CertificateStatus, partition?: string | undefined];

const serialOf: Record<SerialScheme['kind'], (ordinal: number) => Uint8Array> = {
  sequential: (ordinal) => serialNumberOctets((ordinal + 1).toString(16)),
  sealed: (ordinal) => sealSerial(KEY, 1, ordinal),
  // Neighbours of many lengths, and many that begin alike.
  random: (ordinal) =>
    serialNumberOctets(
      ((BigInt(ordinal * 7919) % 4096n) * 2n ** BigInt((ordinal % 7) * 16) + 1n).toString(16) +
        ordinal.toString(16).padStart(4, '0'),
    ),
};
const schemes: SerialScheme[] = [{ kind: 'sequential', first: '1' }, { kind: 'sealed' }, { kind: 'random' }];
const created = (scheme: SerialScheme, partitions = false) =>
  StatusIndex.create(scheme, { partitions, sealingKeys: new Map([[1, KEY]]) });
const hex = (entries: Iterable<FrozenEntry>) =>
  Array.from(entries, ({ serialNumber }) => serialNumberHex(serialNumber)!);
const ascending = (serials: readonly string[]) =>
  [...serials].sort((one, other) => one.length - other.length || (one < other ? -1 : 1));

describe.each(schemes)('what is frozen of $kind serial numbers', (scheme) => {
  it('stays as it was while the index goes on, pass after pass, in the order of serial numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5_000), fc.boolean()), { maxLength: 60 }), (changes) => {
        const index = created(scheme);
        for (let ordinal = 0; ordinal < 5_000; ordinal += 3) put(index, serialOf[scheme.kind](ordinal), [revoked()]);
        const before = ascending(
          Array.from({ length: 1_667 }, (_, at) => serialNumberHex(serialOf[scheme.kind](at * 3))!),
        );
        const frozen = index.freeze();
        expect(hex(frozen.entries())).toEqual(before);
        for (const [ordinal, hold] of changes)
          put(index, serialOf[scheme.kind](ordinal), [hold ? revoked() : { status: 'good' }]);
        expect(hex(frozen.entries())).toEqual(before);
        frozen.release();
      }),
      { numRuns: 5 },
    );
  });

  it('holds dates, reasons and ends', () => {
    const index = created(scheme);
    const status = { ...revoked('keyCompromise'), invalidityDate: DATE - 1_000 };
    put(index, serialOf[scheme.kind](0), [status]);
    put(index, serialOf[scheme.kind](1), [revoked()]);
    const entries = Array.from(index.freeze().entries(), ({ revocationDate, reason, invalidityDate, notAfter }) => ({
      revocationDate,
      reason,
      invalidityDate,
      notAfter,
    }));
    const end = Math.ceil(NOT_AFTER / 64_000) * 64_000;
    expect(entries).toHaveLength(2);
    expect(entries).toContainEqual({
      revocationDate: DATE,
      reason: 'keyCompromise',
      invalidityDate: DATE - 1_000,
      notAfter: end,
    });
    expect(entries).toContainEqual({
      revocationDate: DATE,
      reason: 'certificateHold',
      invalidityDate: undefined,
      notAfter: end,
    });
  });

  it('leaves out what is not listed', () => {
    const index = created(scheme);
    put(index, serialOf[scheme.kind](0), [revoked('keyCompromise')]);
    put(index, serialOf[scheme.kind](1), [revoked()]);
    expect(hex(index.freeze().entries(({ reason }) => reason === 'keyCompromise'))).toEqual([
      serialNumberHex(serialOf[scheme.kind](0)),
    ]);
  });

  it('comes by partition, also out of an image', () => {
    const index = created(scheme, true);
    const labels = ['13101', '13102', undefined];
    for (let ordinal = 0; ordinal < 3_000; ordinal++) {
      put(index, serialOf[scheme.kind](ordinal), [
        ordinal % 2 === 0 ? revoked() : { status: 'good' },
        labels[ordinal % 3],
      ]);
    }
    const restored = StatusIndex.decode(index.encode(), { sealingKeys: new Map([[1, KEY]]) });
    for (const each of [index, restored]) {
      const frozen = each.freeze();
      for (const [at, label] of ['13101', '13102'].entries()) {
        const expected = Array.from({ length: 3_000 }, (_, ordinal) => ordinal).filter(
          (ordinal) => ordinal % 2 === 0 && ordinal % 3 === at,
        );
        const found = hex(frozen.entriesOf(frozen.byPartition().get(label)!));
        expect(found).toEqual(ascending(expected.map((ordinal) => serialNumberHex(serialOf[scheme.kind](ordinal))!)));
      }
    }
  });
});

describe('a partition', () => {
  const [scheme] = schemes as [SerialScheme];

  it('never changes, and is not forgotten by an event without it', () => {
    const index = created(scheme, true);
    const serial = serialOf.sequential(0);
    expect(put(index, serial, [revoked(), '13101'])).toBe(true);
    expect(put(index, serial, [revoked(), '13101'])).toBe(false);
    expect(put(index, serial, [revoked()])).toBe(false);
    expect(() => put(index, serial, [revoked(), '13102'])).toThrow(
      expect.objectContaining({ code: 'partition_differs' }),
    );
    expect([...index.freeze().byPartition().keys()]).toEqual(['13101']);
  });

  it('has a revision that changes with what is revoked of it, and with nothing else', () => {
    const index = created(scheme, true);
    const revisions = (): readonly [string, number][] => [...index.freeze().revisions];
    put(index, serialOf.sequential(0), [{ status: 'good' }, '13101']);
    put(index, serialOf.sequential(1), [{ status: 'good' }, '13102']);
    expect(revisions()).toEqual([
      ['13101', 0],
      ['13102', 0],
    ]);
    const frozen = index.freeze();
    put(index, serialOf.sequential(0), [revoked()]);
    put(index, serialOf.sequential(0), [revoked()]);
    expect(revisions()).toEqual([
      ['13101', 1],
      ['13102', 0],
    ]);
    put(index, serialOf.sequential(0), [{ status: 'good' }]);
    expect(revisions()[0]).toEqual(['13101', 2]);
    expect(frozen.revisions.get('13101')).toBe(0);
  });

  it('can be asked for without the others', () => {
    const index = created(scheme, true);
    put(index, serialOf.sequential(0), [revoked(), '13101']);
    put(index, serialOf.sequential(1), [revoked(), '13102']);
    expect([...index.freeze().byPartition((label) => label === '13102')]).toEqual([['13102', Uint32Array.of(1)]]);
  });

  it('is not kept by an index without partitions', () => {
    const index = created(scheme);
    put(index, serialOf.sequential(0), [revoked(), '13101']);
    expect(index.freeze().byPartition().size).toBe(0);
  });

  it('of a damaged image is noticed', () => {
    const index = created(scheme, true);
    put(index, serialOf.sequential(0), [revoked(), '13101']);
    const image = Buffer.concat([...index.encode()]);
    const label = image.indexOf('13101');
    image[label] = 0x39;
    expect(() => StatusIndex.decode([image])).toThrow(StatusIndexError);
  });
});
