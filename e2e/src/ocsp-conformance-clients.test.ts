import { TestResponder } from '@kakunin/ocsp-responder/testing/test-responder';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addAuthorities,
  type ConformanceAuthorities,
  type Name,
  NAMES,
  SIGNERS,
} from './support/clients/authorities.ts';
import { goClient } from './support/clients/go-client.ts';
import type { ClientQuestion } from './support/clients/independent-client.ts';
import { javaClient } from './support/clients/java-client.ts';
import { opensslClient } from './support/clients/openssl-client.ts';
import { pkijsClient } from './support/clients/pkijs-client.ts';

let responder: TestResponder;
let authorities: ConformanceAuthorities;
beforeAll(async () => {
  responder = await TestResponder.start();
  authorities = await addAuthorities(responder);
});
afterAll(() => responder.close());

describe.each([opensslClient, goClient, javaClient, pkijsClient])('$name', (client) => {
  const signers = SIGNERS.filter((signer) => !client.cannotVerify.includes(signer));
  const cases = signers.flatMap((signer) => NAMES.map((name) => ({ signer, name })));
  const said = new Map<string, string>();

  // All at once: starting or building a client takes longer than asking.
  beforeAll(async () => {
    const asked = [
      ...cases.map(({ signer, name }) => ({ key: `${signer} ${name}`, ...questionOf(signer, name) })),
      ...client.hashAlgorithms.map((hashAlgorithm) => ({
        key: hashAlgorithm,
        ...questionOf('RSA', 'revoked'),
        hashAlgorithm,
      })),
    ];
    const answers = await client.ask(asked);
    for (const [index, { key }] of asked.entries()) said.set(key, answers[index]!);
  });

  const questionOf = (signer: (typeof SIGNERS)[number], name: Name): ClientQuestion => ({
    url: `${responder.url}/ocsp/bank`,
    authorityFile: authorities[signer].file,
    certificateFile: authorities[signer].certificateFiles[name],
    hashAlgorithm: 'sha1',
  });

  test.each(cases)('verifies what $signer signed: $name', ({ signer, name }) => {
    expect(said.get(`${signer} ${name}`)).toBe(authorities[signer].expected[name]);
  });

  test.each(client.hashAlgorithms)('names a certificate by %s', (hashAlgorithm) => {
    expect(said.get(hashAlgorithm)).toBe(authorities.RSA.expected.revoked);
  });
});
