import { describe, expect, it } from 'vitest';
import type { UsageEvent } from './usage-event.ts';
import { decodeUsageRecords, encodeUsageRecords, recordEnd, UsageRecordTemplate } from './usage-record.ts';

const octetsFrom = (first: number): Uint8Array => Uint8Array.from({ length: 16 }, (_, index) => first + index);

const event: UsageEvent = {
  time: 1_800_000_000_123,
  platformProvider: 'pf-a',
  serviceProvider: '銀行',
  authorityId: 'signature-g1',
  certificateClass: 'user-authentication',
  carrier: 'smartphone',
  channel: 'crl',
  purpose: 'liveness_check',
  outcome: 'revoked',
  requestDigest: octetsFrom(0),
  certificateDigest: octetsFrom(0xf0),
};

/** As the version before templates wrote it: journals and ledgers hold records of it. */
const GOLDEN =
  '0044f4bc0d21' +
  '01a3185c507b' +
  '0101010101' +
  '0470662d61' +
  '06e98a80e8a18c' +
  '0c7369676e61747572652d6731' +
  '000102030405060708090a0b0c0d0e0f' +
  'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff';

it('a record is written octet for octet as ever', () => {
  expect(encodeUsageRecords([event]).toString('hex')).toBe(GOLDEN);
});

describe('a template', () => {
  const template = new UsageRecordTemplate(event);

  it('writes one record after another, each its own', () => {
    const events = [1, 2, 3].map((number) => ({ ...event, time: number, certificateDigest: octetsFrom(number) }));
    const records = Buffer.alloc(3 * template.length);
    const ends: number[] = [];
    for (const each of events) ends.push(template.write(records, ends.at(-1) ?? 0, each));
    expect(ends).toEqual([1, 2, 3].map((count) => count * template.length));
    expect(decodeUsageRecords(records)).toEqual({ events, end: records.length });
    expect(recordEnd(records, recordEnd(records, 0))).toBe(ends[1]);
  });

  it('writes nothing of what cannot be recorded', () => {
    const records = Buffer.alloc(template.length);
    for (const wrong of [
      { time: -1 },
      { time: Number.NaN },
      { time: 2 ** 48 },
      { requestDigest: octetsFrom(0).subarray(1) },
    ])
      expect(() => template.write(records, 0, { ...event, ...wrong })).toThrow(
        expect.objectContaining({ code: 'invalid_event' }),
      );
    expect(records.every((octet) => octet === 0)).toBe(true);
  });
});
