import { createHash } from 'node:crypto';
import { EvaluationRequest, generateKeyPair, VOPRFServer } from '@cloudflare/voprf-ts';
import { CryptoNoble } from '@cloudflare/voprf-ts/crypto-noble';
import { expect, it } from 'vitest';
import { all, fakeRegistry } from '../testing/fake-registry.ts';
import { matchingTags } from './matching-tags.ts';

const SUITE = 'ristretto255-SHA512';
const fingerprint = (name: string): Buffer => createHash('sha256').update(name).digest();

async function matching(evaluatingKey?: Uint8Array) {
  const { privateKey, publicKey } = await generateKeyPair(SUITE, CryptoNoble);
  const server = new VOPRFServer(SUITE, evaluatingKey ?? privateKey, CryptoNoble);
  const registry = await fakeRegistry(async (_path, { blinded }) => {
    const request = EvaluationRequest.deserialize(SUITE, Buffer.from(blinded!, 'base64'), CryptoNoble);
    const evaluation = (await server.blindEvaluate(request)).serialize();
    return { json: { evaluation: Buffer.from(evaluation).toString('base64') } };
  });
  const tagsOf = async (serviceProvider: string, names: readonly string[]) => {
    const options = { url: registry.url, matchingId: 'm', publicKey: Buffer.from(publicKey).toString('base64') };
    const fingerprints = names.map(fingerprint);
    const tags = await all(matchingTags({ ...options, serviceProvider, fingerprints }));
    return tags.map(({ tag }) => tag);
  };
  return { registry, tagsOf };
}

it('gives two service providers the same tag for the same certificate', async () => {
  const { registry, tagsOf } = await matching();
  const [ours, theirs] = [await tagsOf('sp-a', ['alice', 'bob']), await tagsOf('sp-b', ['carol', 'alice'])];
  expect(ours[0]).toMatch(/^[0-9a-f]{128}$/);
  expect(ours.map((tag) => theirs.indexOf(tag))).toEqual([1, -1]);
  expect(registry.seen).toEqual(Array.from({ length: 2 }, () => 'POST /matchings/m/evaluations'));
  await registry.close();
});

it('believes no registry that evaluates under another key than it shows', async () => {
  const other = await generateKeyPair(SUITE, CryptoNoble);
  const { registry, tagsOf } = await matching(other.privateKey);
  await expect(tagsOf('sp-a', ['alice'])).rejects.toMatchObject({ code: 'signature_invalid' });
  await registry.close();
});
