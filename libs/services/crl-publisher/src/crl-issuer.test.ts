import type { Authority } from '@kakunin/certificates';
import type { ObjectStore } from '@kakunin/objects';
import type { AuthorityStatus } from '@kakunin/status-feed';
import type { FrozenEntry, FrozenRevocations, StatusIndexReader } from '@kakunin/status-index';
import { createTestCa, InMemoryObjectStore, type TestCa } from '@kakunin/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { CrlIssuer } from './crl-issuer.ts';
import type { CrlNumbers } from './crl-numbers.store.ts';
import { PublishedCrls } from './published-crls.ts';

const HOUR = 3_600_000;
const timing = { period: HOUR, validity: 24 * HOUR, overlap: 12 * HOUR, debounce: 0, maximumDataAge: 60_000 };

let ca: TestCa;
let published: PublishedCrls;
let numbers: bigint;
beforeEach(async () => {
  ca = await createTestCa();
  published = new PublishedCrls(new InMemoryObjectStore());
  numbers = 0n;
});

/** Status data in which the certificates with serial numbers 1 to `revoked` are revoked. */
const status = (revoked: number): AuthorityStatus => {
  const revocationDate = Math.floor(Date.now() / 1_000) * 1_000 - HOUR;
  const entries = Array.from({ length: revoked }, (_, index): FrozenEntry => {
    const serialNumber = Uint8Array.of(index + 1);
    return { serialNumber, revocationDate, reason: 'keyCompromise', notAfter: Date.now() + 365 * 24 * HOUR };
  });
  const certificate = Buffer.from(ca.certificate.der).toString('base64');
  const authority = { authorityId: 'a', certificateClass: 'signature', certificate } as Authority;
  const index = { lookup: () => undefined } as unknown as StatusIndexReader;
  const freeze = () => ({ entries: () => entries, release: () => undefined }) as unknown as FrozenRevocations;
  return { authority, index, freeze, asOf: Date.now(), blocked: false } as unknown as AuthorityStatus;
};

/** An issuer that thinks that it holds the lock, whoever else does. */
const issuer = (confirm: () => Promise<void> = async () => {}): CrlIssuer => {
  const allocate = async (): Promise<bigint> => (numbers += 1n);
  const reserve: CrlNumbers['reserve'] = (_, work) => work({ allocate, confirm });
  const signerOf = async () => ca.credential;
  return new CrlIssuer({ clock: { now: () => Date.now() }, numbers: { reserve }, published, timing, signerOf });
};

describe('a publisher that is stopped after it has looked whether it still holds the lock', () => {
  it.each([0, 1])('does not move the pointer back when it goes on, after %d CRLs before', async (before) => {
    for (let entries = 0; entries < before; entries++) await issuer().issue(status(entries));
    const stopped = Promise.withResolvers<void>();
    const thawed = Promise.withResolvers<void>();
    const frozen = issuer(() => {
      stopped.resolve();
      return thawed.promise;
    }).issue(status(2));
    await stopped.promise;
    expect(await issuer().issue(status(3))).toMatchObject({ outcome: 'published' });
    thawed.resolve();
    expect(await frozen).toEqual({ outcome: 'reserved_elsewhere' });
    expect((await published.newest('a'))?.descriptor.entries).toBe(3);
  });

  it('leaves the manifest to the pointers', async () => {
    await issuer().issue(status(1));
    await Promise.all([published.updateManifest(['a']), published.updateManifest(['a', 'b'])]);
    await issuer().issue(status(2));
    await Promise.all([published.updateManifest(['a']), published.updateManifest([])]);
    expect((await published.list()).map(({ entries }) => entries)).toEqual([2]);
  });
});

it('lists what can be fetched, also when the files of one authority are gone', async () => {
  const store = new InMemoryObjectStore();
  published = new PublishedCrls(store);
  await issuer().issue(status(1));
  await store.put('crl/b/1.crl', Buffer.from('a CRL without a description'));
  await store.point('crl/b.crl', 'crl/b/1.crl');
  await published.updateManifest(['a', 'b']);
  expect((await published.list()).map(({ authorityId }) => authorityId)).toEqual(['a']);
});

it('publishes nothing beside a pointer whose files are gone', async () => {
  const store = { target: async () => 'crl/a/1.crl', open: async () => undefined } as unknown as ObjectStore;
  published = new PublishedCrls(store);
  await expect(issuer().issue(status(3))).rejects.toMatchObject({ code: 'object_missing' });
});
