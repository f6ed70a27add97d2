import type { Authority } from '@kakunin/certificates';
import type { ObjectStore } from '@kakunin/objects';
import type { PublicationProfile } from '@kakunin/publication';
import type { AuthorityStatus } from '@kakunin/status-feed';
import { type FrozenEntry, type FrozenRevocations, StatusIndex, type StatusIndexReader } from '@kakunin/status-index';
import { createTestCa, InMemoryObjectStore, type TestCa } from '@kakunin/testing';
import { serialNumberOctets } from '@kakunin/x509';
import type { PoolClient } from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { CrlIssuer } from './crl-issuer.ts';
import type { CrlNumbers } from './crl-numbers.store.ts';
import { PublishedCrls } from '../published-crls.ts';

const HOUR = 3_600_000;
const A = { authorityId: 'a' };
const profile: PublicationProfile = {
  deltas: false,
  whole: true,
  timing: { period: HOUR, validity: 24 * HOUR, overlap: 12 * HOUR, debounce: 0, maximumDataAge: 60_000 },
};

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
  const freeze = () =>
    ({ entries: () => entries, revisions: new Map(), release: () => undefined }) as unknown as FrozenRevocations;
  return { authority, index, freeze, asOf: Date.now(), blocked: false } as unknown as AuthorityStatus;
};

/** An issuer that thinks that it holds the lock, whoever else does. */
const issuer = (confirm: () => Promise<void> = async () => {}, signer = ca.credential): CrlIssuer => {
  const allocate = async (): Promise<bigint> => (numbers += 1n);
  const client = undefined as unknown as PoolClient;
  const reserve: CrlNumbers['reserve'] = (_, work) => work({ allocate, confirm, client, lastNumber: numbers });
  const announcements = { intend: async () => undefined, settle: async () => undefined };
  const rest = { profileOf: () => profile, signerOf: async () => signer };
  return new CrlIssuer({ clock: { now: () => Date.now() }, numbers: { reserve }, published, announcements, ...rest });
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
    expect(await issuer().issue(status(3))).toMatchObject({ published: [{ entries: 3 }] });
    thawed.resolve();
    expect(await frozen).toEqual({ outcome: 'reserved_elsewhere' });
    expect((await published.newest(A))?.descriptor.entries).toBe(3);
  });

  it('leaves the manifest to the pointers', async () => {
    await issuer().issue(status(1));
    await Promise.all([published.updateManifest([A]), published.updateManifest([A, { authorityId: 'b' }])]);
    await issuer().issue(status(2));
    await Promise.all([published.updateManifest([A]), published.updateManifest([])]);
    expect((await published.list()).map(({ entries }) => entries)).toEqual([2]);
  });
});

it('lists what can be fetched, also when the files of one authority are gone', async () => {
  const store = new InMemoryObjectStore();
  published = new PublishedCrls(store);
  await issuer().issue(status(1));
  await store.put('crl/b/1.crl', Buffer.from('a CRL without a description'));
  await store.point('crl/b.crl', 'crl/b/1.crl');
  await published.updateManifest([A, { authorityId: 'b' }]);
  expect((await published.list()).map(({ authorityId }) => authorityId)).toEqual(['a']);
});

it('lists what was revoked at one moment, though the status data goes on while it is signed', async () => {
  const index = StatusIndex.create({ kind: 'sequential', first: '1' });
  const revoke = (serial: number): boolean =>
    index.put(serialNumberOctets(serial.toString(16)), {
      notAfter: Date.now() + HOUR,
      carrier: 'card',
      status: { status: 'revoked', revocationDate: Date.now() - HOUR, reason: 'superseded' },
    });
  for (let serial = 2; serial <= 6_000; serial += 2) revoke(serial);
  const { key } = ca.credential;
  const signer = {
    ...ca.credential,
    key: {
      ...key,
      signChunks: (chunks: Iterable<Uint8Array>) => {
        for (let serial = 1; serial <= 6_000; serial += 2) revoke(serial);
        return key.signChunks(chunks);
      },
    },
  };
  const followed = { ...status(0), index, freeze: () => index.freeze() };
  expect(await issuer(undefined, signer).issue(followed)).toMatchObject({ published: [{ entries: 3_000 }] });
  expect(await issuer().issue(followed)).toMatchObject({ published: [{ entries: 6_000 }] });
  expect(await issuer().issue(followed)).toMatchObject({ outcome: 'issued', published: [] });
});

it('publishes nothing beside a pointer whose files are gone', async () => {
  const store = { target: async () => 'crl/a/1.crl', open: async () => undefined } as unknown as ObjectStore;
  published = new PublishedCrls(store);
  expect(await issuer().issue(status(3))).toMatchObject({ published: [], troubles: [{ reason: 'object_missing' }] });
});
