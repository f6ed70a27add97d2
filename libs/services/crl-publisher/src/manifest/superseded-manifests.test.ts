import { CRL_MANIFEST_POINTER, CRL_MANIFEST_SIGNATURE_POINTER, manifestKey } from '@kakunin/publication';
import { InMemoryObjectStore } from '@kakunin/testing/in-memory-object-store';
import { beforeEach, expect, it } from 'vitest';
import { SupersededManifests } from './superseded-manifests.ts';

const HOUR = 3_600_000;
const manifest = (digit: string): string => manifestKey(digit.repeat(64));

let store: InMemoryObjectStore;
beforeEach(async () => {
  store = new InMemoryObjectStore();
  for (const digit of ['1', '2', '3']) {
    await store.put(`${manifest(digit)}.sig`, Buffer.from('signature'));
    await store.put(manifest(digit), Buffer.from(digit));
    await store.point(CRL_MANIFEST_POINTER, manifest(digit));
  }
  await store.put(`crl/manifests/${'4'.repeat(64)}.pub.pem`, Buffer.from('key'));
  await store.put('crl/a/1.crl', Buffer.from('CRL'));
});

const left = async (hours: number): Promise<readonly string[]> => {
  await new SupersededManifests(store, { now: () => Date.now() + hours * HOUR }).remove();
  const keys: string[] = [];
  for await (const { key } of store.list('crl/')) keys.push(key.replace(/(.)\1{63}/, '$1'));
  return keys;
};
const ALWAYS = ['crl/a/1.crl', 'crl/manifests/3.json', 'crl/manifests/3.json.sig', 'crl/manifests/4.pub.pem'];

it('takes old manifests away with their signatures; the newest, and whatever is no manifest, stays', async () => {
  await store.point(CRL_MANIFEST_SIGNATURE_POINTER, `${manifest('3')}.sig`);
  expect(await left(0.9)).toHaveLength(8);
  expect(await left(1.1)).toEqual(ALWAYS);
  expect(await left(9_000)).toEqual(ALWAYS);
});

it('keeps what the pointer to the newest signature still stands at', async () => {
  await store.point(CRL_MANIFEST_SIGNATURE_POINTER, `${manifest('2')}.sig`);
  expect(await left(2)).toEqual([
    'crl/a/1.crl',
    'crl/manifests/2.json',
    'crl/manifests/2.json.sig',
    ...ALWAYS.slice(1),
  ]);
});
