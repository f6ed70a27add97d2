import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { BlindListScene } from '../testing/blind-list-scene.ts';
import { BlindListClientError, fetchBlindList, openBlindList, type SignedBlindList } from './index.ts';

let scene: BlindListScene;
let full: SignedBlindList;
let files: Map<string, Uint8Array>;
let asked: string[];
beforeEach(async () => {
  scene = await BlindListScene.open();
  full = scene.publish([scene.revoked]);
  [files, asked] = [new Map(), []];
  publish(full);
});

const hash = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
function lay(url: string, { octets, signature }: SignedBlindList) {
  files.set(url, octets);
  files.set(`${url}.sig`, signature);
  return { url, bytes: octets.length, sha256: hash(octets) };
}
function publish(list: SignedBlindList, ...deltas: SignedBlindList[]): void {
  const listed = {
    authorityId: 'a',
    full: lay('/blind-list/a/1.kbl', list),
    deltas: deltas.map((delta, at) => lay(`/blind-list/a/${at + 2}.delta.kbl`, delta)),
  };
  sign({ crls: [], blindLists: [listed] });
}
function sign(manifest: unknown): void {
  const { octets, signature } = scene.sign(Buffer.from(JSON.stringify(manifest)));
  files.set('/crl/manifest.json', octets);
  files.set(`/crl/manifests/${hash(octets)}.json.sig`, signature);
}
const source = () => ({
  url: 'https://crl.example.jp/crl',
  authorityId: 'a',
  crypto: scene.crypto,
  download: async (url: string) => {
    asked.push(url.replace('https://crl.example.jp', ''));
    const file = files.get(url.replace('https://crl.example.jp', ''));
    if (!file) throw new Error('404');
    return file;
  },
});
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof BlindListClientError ? error.code : error),
  );
const question = () => ({ certificate: scene.good.certificate.der, issuer: scene.ca.certificate.der });

test('what the manifest names is downloaded, and of what is known only what is new', async () => {
  const known = await fetchBlindList(source());
  expect(await (await openBlindList({ ...known, crypto: scene.crypto })).check(question())).toEqual({ status: 'good' });
  publish(full, scene.publish([scene.good], full));
  asked = [];
  const next = await fetchBlindList({ ...source(), known });
  expect(asked.filter((path) => path.endsWith('.kbl'))).toEqual(['/blind-list/a/2.delta.kbl']);
  const list = await openBlindList({ ...next, crypto: scene.crypto });
  expect(await list.check(question())).toEqual({ status: 'revoked' });
});

test('what the publisher did not sign is not relied upon', async () => {
  files.set('/blind-list/a/1.kbl', scene.publish([]).octets);
  expect(await codeOf(fetchBlindList(source()))).toBe('signature_invalid');
  const other = await BlindListScene.open();
  expect(await codeOf(fetchBlindList({ ...source(), crypto: other.crypto }))).toBe('signature_invalid');
});

test('says what is wrong with what is published', async () => {
  expect(await codeOf(fetchBlindList({ ...source(), authorityId: 'b' }))).toBe('not_listed');
  files.delete('/blind-list/a/1.kbl.sig');
  expect(await codeOf(fetchBlindList(source()))).toBe('unreachable');
  sign({ blindLists: [{ authorityId: 'a', full: { url: '/blind-list/../x.kbl' }, deltas: [] }] });
  expect(await codeOf(fetchBlindList(source()))).toBe('malformed_manifest');
  sign([]);
  expect(await codeOf(fetchBlindList(source()))).toBe('not_listed');
});
