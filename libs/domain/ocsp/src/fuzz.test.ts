import { expect, test } from 'vitest';
import { decodeGetPath } from './decode-get-path.ts';
import { parseOcspRequest } from './ocsp-request.ts';
import { ordinaryRequest, scanOrdinaryRequest } from './ordinary-request.ts';
import { Mutator } from './testing/mutations.ts';
import { requestCorpus } from './testing/request-corpus.ts';
import { SeededChance } from './testing/seeded-chance.ts';
import { verifyRequestSignature } from './verify-request-signature.ts';

const ROUNDS = 30_000;

test('the same seed makes the same messages', () => {
  const [one, other] = [new Mutator(1, requestCorpus()), new Mutator(1, requestCorpus())];
  for (let round = 0; round < 100; round++) expect(one.next()).toEqual(other.next());
});

test('damaged requests are read or refused, and nothing is thrown', () => {
  const mutator = new Mutator(20_261_122, requestCorpus());
  const into = ordinaryRequest();
  const outcomes = { read: 0, refused: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const message = mutator.next();
    scanOrdinaryRequest(message, into);
    const { ok } = parseOcspRequest(message, { maxRequests: 16 });
    if (ok) verifyRequestSignature(ok);
    outcomes[ok ? 'read' : 'refused']++;
  }
  // Both ways out are well trodden.
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(ROUNDS / 20);
});

test('damaged paths are decoded or refused, and nothing is thrown', () => {
  const mutator = new Mutator(
    3,
    requestCorpus().map((message) => Buffer.from(encodeURIComponent(Buffer.from(message).toString('base64')))),
  );
  const chance = new SeededChance(3);
  for (let round = 0; round < ROUNDS; round++) {
    const path = mutator.next().toString(chance.pick(['latin1', 'utf8']));
    const message = decodeGetPath(path);
    if (message) parseOcspRequest(message, { maxRequests: 16 });
  }
});
