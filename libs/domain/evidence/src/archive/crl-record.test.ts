import type { CrlDescriptor } from '@kakunin/publication';
import { describe, expect, it } from 'vitest';
import { crlKeyOfRecord, encodeRecord, openRecord, type RecordFacts, recordKeyOf, skipIndex } from './crl-record.ts';
import { rebuildCrl } from './rebuild-crl.ts';

const crl: CrlDescriptor = {
  authorityId: 'a',
  certificateClass: 'signature',
  kind: 'complete',
  issuer: 'CN=a',
  keyAlgorithm: 'EC P-256',
  crlNumber: 7n,
  scheduled: true,
  thisUpdate: 0,
  nextUpdate: 1,
  publishedAt: 2,
  nextPublication: 3,
  lastScheduledUpdate: 0,
  entries: 1,
  bytes: 3,
  sha256: 'ab'.repeat(32),
  url: '/crl/a.crl',
  immutableUrl: '/crl/a/7.crl',
};
const link = { crl: 'crl/a/6.crl', sha256: 'cd'.repeat(32), inForceFrom: 1 };
const whole: RecordFacts = { index: 0, inForceFrom: 2, crl };

async function* pieces(octets: Uint8Array, size = 100) {
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(Uint8Array.from(chunk));
  return Buffer.concat(all);
}

const encoded = (facts: RecordFacts): Promise<Buffer> =>
  gather(
    encodeRecord({
      facts,
      head: Buffer.from('head\n'),
      tail: Buffer.from('tail'),
      list: pieces(Buffer.from('30040201010a', 'hex')),
    }),
  );

describe('a record', () => {
  it('says all it was made of, and is the CRL again', async () => {
    const facts: RecordFacts = { ...whole, index: 6, predecessor: link, skip: link, isLate: true };
    const record = await openRecord(pieces(await encoded(facts)));
    expect(record.facts).toEqual(facts);
    expect(await gather(rebuildCrl(record, []))).toEqual(Buffer.from(`head\n${'0\x04\x02\x01\x01\n'}tail`));
  });

  it('of changes is no CRL without what it changes', async () => {
    const record = await openRecord(pieces(await encoded({ ...whole, index: 1, predecessor: link, base: link })));
    await expect(gather(rebuildCrl(record, []))).rejects.toThrow(expect.objectContaining({ code: 'malformed_record' }));
  });

  it.each([0, 1, 40, 400])('cut short after %i octets is damaged', async (size) => {
    const damaged = (await encoded(whole)).subarray(0, size);
    await expect(openRecord(pieces(damaged))).rejects.toThrow(expect.objectContaining({ code: 'malformed_record' }));
  });

  it('lies beside no CRL: what the public fetches stays apart', () => {
    expect(recordKeyOf('crl/a/7.crl')).toBe('evidence/a/7.record');
    expect(recordKeyOf('crl/a/partitions/13101/7.delta.crl')).toBe('evidence/a/partitions/13101/7.delta.record');
    expect(crlKeyOfRecord('evidence/a/7.record')).toBe('crl/a/7.crl');
    expect(crlKeyOfRecord('evidence/a/bundles/x.json')).toBeUndefined();
  });

  it('of any place names one that leads to the first in a few steps', () => {
    for (let index = 1; index < 5_000; index++) {
      let steps = 0;
      for (let at = index; at > 0; at = skipIndex(at)) steps += 1;
      expect(steps).toBeLessThanOrEqual(Math.ceil(Math.log2(index + 1)));
    }
  });
});
