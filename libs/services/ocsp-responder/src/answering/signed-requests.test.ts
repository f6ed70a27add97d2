import { createHash } from 'node:crypto';
import { bitString, constructed, contextConstructed, encodeDer, sequence } from '@kakunin/der';
import { certIdOf } from '@kakunin/ocsp';
import { REQUESTOR, requestWith, tbsRequestWith } from '@kakunin/ocsp/testing/request-corpus';
import { createTestCa } from '@kakunin/testing/test-ca';
import type { IssuedCertificate, TestCa } from '@kakunin/testing/test-ca';
import { signatureAlgorithmIdentifier } from '@kakunin/x509';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ResponderSigner } from '../signing/responder-signer.ts';
import { EngineWorld, mtlsConnection, NOW, PERIOD, signerOf, TestAuthority } from '../testing/engine-world.ts';

let ca: TestCa;
let signer: ResponderSigner;
let [pf, otherPf, stranger] = [] as IssuedCertificate[];
beforeAll(async () => {
  ca = await createTestCa(PERIOD);
  signer = await signerOf(ca);
  [pf, otherPf, stranger] = await Promise.all([ca.issueClient('pf'), ca.issueClient('other'), ca.issueClient('no')]);
});

let authority: TestAuthority;
let world: EngineWorld;
beforeEach(() => {
  authority = new TestAuthority('signature-g1', ca, signer);
  authority.put('a1');
  world = new EngineWorld([authority]);
  register('pf', pf!);
  register('other-pf', otherPf!);
});

const fingerprintOf = ({ certificate }: IssuedCertificate): string =>
  createHash('sha256').update(certificate.der).digest('hex');

function register(code: string, by: IssuedCertificate, revokedAt?: number): void {
  const credential = { fingerprint: fingerprintOf(by), ...PERIOD, ...(revokedAt !== undefined && { revokedAt }) };
  world.directory.put({ ...world.directory.get(code)!, credentials: [credential] });
}

/** @param signed what the signature covers; the request itself when left out */
async function requestBy(by: IssuedCertificate, signed?: Uint8Array): Promise<Uint8Array> {
  const parts = { requestorName: REQUESTOR, requests: [sequence(certIdOf(ca.certificate, 'a1').der)] };
  const { key } = by.credential;
  const signature = await key.sign(signed ?? tbsRequestWith(parts));
  const along = constructed(contextConstructed(0), [sequence(by.certificate.der)]);
  const algorithm = signatureAlgorithmIdentifier[key.algorithm];
  return requestWith({ ...parts, signature: encodeDer(sequence(algorithm, bitString(signature), along)) });
}

const refusalOf = async (request: Uint8Array, change = {}): Promise<string | undefined> =>
  (await world.ask(request, change).first()).refusal;

describe.each([false, true])('a signed request, where signatures are required: %s', (requireSignedRequests) => {
  beforeEach(() => {
    authority.policy = { ...authority.policy, requireSignedRequests };
  });

  test('is answered when the caller signed it with a registered certificate', async () => {
    expect(await refusalOf(await requestBy(pf!))).toBeUndefined();
    expect(world.journal.events).toHaveLength(1);
  });

  test.each([
    ['over other octets', 'request_signature_invalid', () => requestBy(pf!, Buffer.from('other'))],
    ['by a certificate that nobody registered', 'request_signer_unknown', () => requestBy(stranger!)],
    ['by another caller', 'request_signer_unknown', () => requestBy(otherPf!)],
  ])('%s is refused, and charged to nobody', async (_, refusal, request) => {
    expect(await refusalOf(await request())).toBe(refusal);
    expect(world.journal.events).toEqual([]);
  });

  test('is refused once the certificate was withdrawn', async () => {
    register('pf', pf!, NOW);
    expect(await refusalOf(await requestBy(pf!))).toBe('request_signer_unknown');
  });

  test('is verified each time: its answer is not given again', async () => {
    const request = await requestBy(pf!);
    await world.answered(request);
    await world.answered(request);
    expect(world.figures.answers('live')).toBe(2);
  });
});

test('an authority that is open to everybody takes the signature of any registered caller', async () => {
  authority.policy = { ...authority.policy, anonymous: true };
  const open = {
    connection: mtlsConnection(undefined),
    path: { serviceProvider: '', purpose: 'signature_verification' },
  };
  expect(await refusalOf(await requestBy(otherPf!), open)).toBeUndefined();
  expect(await refusalOf(await requestBy(stranger!), open)).toBe('request_signer_unknown');
  vi.spyOn(world.directory, 'isComplete', 'get').mockReturnValue(false);
  expect(await refusalOf(await requestBy(stranger!), open)).toBe('not_ready');
});
