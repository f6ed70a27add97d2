import { describe, expect, it } from 'vitest';
import {
  type CrlDescriptor,
  decodeCrlDescriptor,
  decodeCrlManifest,
  encodeCrlDescriptor,
  encodeCrlManifest,
} from './crl-descriptor.ts';

const descriptor: CrlDescriptor = {
  authorityId: 'signature-1',
  certificateClass: 'signature',
  kind: 'complete',
  issuer: 'O=JPKI, C=JP',
  keyAlgorithm: 'RSA 2048',
  crlNumber: 2n ** 158n,
  scheduled: true,
  thisUpdate: Date.UTC(2026, 9, 31),
  nextUpdate: Date.UTC(2026, 10, 1),
  publishedAt: Date.UTC(2026, 9, 31, 0, 0, 1),
  nextPublication: Date.UTC(2026, 9, 31, 1),
  lastScheduledUpdate: Date.UTC(2026, 9, 31),
  entries: 3,
  bytes: 400,
  sha256: 'ab'.repeat(32),
  url: '/crl/signature-1.crl',
  immutableUrl: '/crl/signature-1/1.crl',
};
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('descriptors and manifests', () => {
  it('write instants as RFC 3339 and numbers of any size as digits', () => {
    expect(JSON.parse(text(encodeCrlDescriptor(descriptor)))).toMatchObject({
      crlNumber: '365375409332725729550921208179070754913983135744',
      thisUpdate: '2026-10-31T00:00:00.000Z',
    });
  });

  it('read back what was written', () => {
    expect(decodeCrlDescriptor(text(encodeCrlDescriptor(descriptor)))).toEqual(descriptor);
    expect(decodeCrlManifest(text(encodeCrlManifest({ crls: [descriptor] })))).toEqual({ crls: [descriptor] });
  });

  it('name the partition, the base of a delta, and patches', () => {
    const delta: CrlDescriptor = { ...descriptor, partition: '13101', kind: 'delta', baseCrlNumber: 7n };
    const patches = [{ from: 7n, url: '/crl/signature-1/8.from-7.dcz', bytes: 72, sha256: 'cd'.repeat(32) }];
    const manifest = { crls: [{ ...descriptor, patches }, delta] };
    expect(decodeCrlManifest(text(encodeCrlManifest(manifest)))).toEqual(manifest);
  });

  it('of before there were deltas are complete', () => {
    const { kind: _, ...old } = JSON.parse(text(encodeCrlDescriptor(descriptor)));
    expect(decodeCrlDescriptor(JSON.stringify(old)).kind).toBe('complete');
  });

  it('refuse what is no descriptor', () => {
    expect(() => decodeCrlDescriptor('{}')).toThrow();
  });
});
