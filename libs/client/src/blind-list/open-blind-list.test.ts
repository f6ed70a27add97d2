import { beforeAll, expect, test } from 'vitest';
import { BlindListScene } from '../testing/blind-list-scene.ts';
import { BlindListClientError, openBlindList, type SignedBlindList } from './index.ts';

let scene: BlindListScene;
let full: SignedBlindList;
const MINUTE = 60_000;
beforeAll(async () => {
  scene = await BlindListScene.open();
  full = scene.publish([scene.revoked]);
});

const open = (list = full, ...deltas: SignedBlindList[]) => openBlindList({ full: list, deltas, crypto: scene.crypto });
const question = (which: 'good' | 'revoked') => ({
  certificate: scene[which].certificate.der,
  issuer: scene.ca.certificate.der,
});
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof BlindListClientError ? error.code : error),
  );

test('says of certificates whether they are revoked', async () => {
  const list = await open();
  expect(await list.check(question('good'))).toEqual({ status: 'good' });
  expect(await list.check(question('revoked'))).toEqual({ status: 'revoked' });
  expect(list.facts).toMatchObject({ number: 1 });
  expect(list.facts.nextUpdate - list.facts.thisUpdate).toBe(30 * MINUTE);
});

test('follows deltas', async () => {
  const list = await open(full, scene.publish([scene.good], full));
  expect(await list.check(question('good'))).toEqual({ status: 'revoked' });
  expect(await list.check(question('revoked'))).toEqual({ status: 'good' });
  expect(list.facts.number).toBe(2);
});

test('says why it has no answer', async () => {
  const list = await open();
  const at = list.facts.nextUpdate;
  expect(await list.check({ ...question('good'), at })).toEqual({ status: 'not_covered', because: 'out_of_date' });
  const issuer = scene.good.certificate.der;
  expect(await list.check({ ...question('good'), issuer })).toMatchObject({ because: 'other_authority' });
  const now = Date.now();
  for (const [because, validity] of [
    ['newer', { notBefore: now + MINUTE, notAfter: now + 9 * MINUTE }],
    ['expired', { notBefore: now - 9 * MINUTE, notAfter: now - 5 * MINUTE }],
  ] as const) {
    const { certificate } = await scene.ca.issue(validity);
    const answer = await list.check({ ...question('good'), certificate: certificate.der });
    expect(answer).toEqual({ status: 'not_covered', because });
  }
});

test('relies on nothing that the publisher did not sign', async () => {
  for (let at = 0; at < full.octets.length; at += 7) {
    const octets = full.octets.slice();
    octets[at]! ^= 1;
    expect(await codeOf(open({ ...full, octets }))).toBe('signature_invalid');
  }
  const delta = scene.publish([], full);
  expect(await codeOf(open(full, { ...delta, signature: full.signature }))).toBe('signature_invalid');
});

test('refuses what is no list, what does not follow it, and what is no certificate', async () => {
  expect(await codeOf(open(scene.sign(Buffer.from('hello'))))).toBe('malformed_list');
  const other = scene.publish([]);
  expect(await codeOf(open(other, scene.publish([], full)))).toBe('lists_differ');
  const list = await open();
  const { certificate } = question('good');
  for (const wrong of [Buffer.from('hello'), certificate.slice(0, 80), new Uint8Array([...certificate, 0])]) {
    expect(await codeOf(list.check({ ...question('good'), certificate: wrong }))).toBe('malformed_certificate');
  }
});
