import { encodeDer, sequence } from '@kakunin/der';
import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import type { CertId } from '@kakunin/ocsp';
import { requestWith } from '@kakunin/ocsp/testing/request-corpus';
import { createTestCa } from '@kakunin/testing/test-ca';
import type { TestCa } from '@kakunin/testing/test-ca';
import { signatureAlgorithmIdentifier } from '@kakunin/x509';
import type { SignatureAlgorithm } from '@kakunin/x509';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ResponderSigner } from '../signing/responder-signer.ts';
import { EngineWorld, mtlsConnection, NOW, PERIOD, signerOf, TestAuthority } from '../testing/engine-world.ts';

const CERT_HASH = '1.3.36.8.3.13';

let ca: TestCa;
let otherCa: TestCa;
let signer: ResponderSigner;
beforeAll(async () => {
  [ca, otherCa] = await Promise.all([createTestCa(PERIOD), createTestCa(PERIOD)]);
  signer = await signerOf(ca);
});

let authority: TestAuthority;
let world: EngineWorld;
beforeEach(() => {
  authority = new TestAuthority('signature-g1', ca, signer);
  authority.put('a1');
  authority.put('b2', { status: { status: 'revoked', revocationDate: NOW - 5_000, reason: 'certificateHold' } });
  world = new EngineWorld([authority, new TestAuthority('signature-g2', otherCa, signer)]);
});

const idOf = (serialNumber: string): CertId => certIdOf(ca.certificate, serialNumber);
const requestOf = (certIds: readonly CertId[]): Uint8Array => encodeOcspRequest({ certIds });
const aboutA1 = (): Uint8Array => requestOf([idOf('a1')]);

const FOR_ITSELF = { serviceProvider: '', purpose: 'signature_verification' } as const;

describe('the policy of an authority', () => {
  test('never issued is unknown, without the extended-revoke extension', async () => {
    const { basic } = await world.answered(requestOf([idOf('c3')]));
    expect(basic.responses[0]?.certStatus).toEqual({ status: 'unknown' });
    expect(basic.extensions).toEqual([]);
  });

  test.each([1, 2])('never issued is revoked as RFC 6960, 2.2 wants it, in a message about %i', async (count) => {
    authority.policy = { ...authority.policy, neverIssued: 'revoked' };
    const { basic } = await world.answered(requestOf(['c3', 'a1'].slice(0, count).map(idOf)));
    expect(basic.responses[0]?.certStatus).toEqual({ status: 'revoked', revocationTime: 0, reason: 'certificateHold' });
    expect(basic.extensions?.map(({ id }) => id)).toEqual(['1.3.6.1.5.5.7.48.1.9']);
    expect(world.journal.events[0]).toMatchObject({ outcome: 'unknown' });
  });

  test('what would be past its nextUpdate is not told, nor charged', async () => {
    authority.policy = { ...authority.policy, answerValiditySeconds: 3 };
    expect(await world.ask(aboutA1()).first()).toEqual({ refusal: 'status_data_stale' });
    expect(world.journal.events).toEqual([]);
    authority.policy = { ...authority.policy, answerValiditySeconds: 5 };
    world.now += 1_000;
    expect((await world.answered(aboutA1())).answer.nextUpdate).toBe(world.now + 1_000);
  });

  test.each([1, 2])(
    'archiveCutoff is the time of the answer less what is kept, in a message about %i',
    async (count) => {
      authority.policy = { ...authority.policy, archiveCutoffSeconds: 86_400 };
      const { basic } = await world.answered(requestOf(['a1', 'b2'].slice(0, count).map(idOf)));
      for (const { extensions } of basic.responses) {
        expect(extensions?.map(({ id }) => id)).toEqual(['1.3.6.1.5.5.7.48.1.6']);
        expect(Buffer.from(extensions![0]!.value).toString('latin1', 2)).toBe('20261030120000Z');
      }
      expect(basic.responses).toHaveLength(count);
    },
  );

  test('sets how long an answer holds', async () => {
    authority.policy = { ...authority.policy, answerValiditySeconds: 60 };
    const { answer } = await world.answered(aboutA1());
    expect(answer.nextUpdate - answer.thisUpdate).toBe(60_000);
  });

  test('opens it to callers without a client certificate, and to no others', async () => {
    authority.policy = { ...authority.policy, anonymous: true };
    const ask = async (body: Uint8Array, fingerprint?: string) =>
      (await world.ask(body, { connection: mtlsConnection(fingerprint), path: FOR_ITSELF }).first()).refusal;
    expect(await ask(aboutA1())).toBeUndefined();
    expect(await ask(requestOf([certIdOf(otherCa.certificate, 'a1')]))).toBe('client_certificate_missing');
    expect(await ask(Buffer.from('no request'))).toBe('client_certificate_missing');
    expect(await ask(aboutA1(), 'f'.repeat(64))).toBe('client_certificate_unknown');
  });
});

describe('CertHash', () => {
  const fingerprint = Buffer.alloc(32, 0xf1);
  beforeEach(() => {
    authority.policy = { ...authority.policy, certHash: true, neverIssued: 'revoked' };
    authority.put('d4', { fingerprint });
  });
  const ofResponses = async (...serialNumbers: string[]): Promise<(string | undefined)[]> => {
    const { basic } = await world.answered(requestOf(serialNumbers.map(idOf)));
    return basic.responses.map(({ extensions = [] }) => extensions.map(({ id }) => id).join());
  };

  test('is told of certificates whose SHA-256 is known, and of no others', async () => {
    expect(await ofResponses('d4')).toEqual([CERT_HASH]);
    expect(await ofResponses('a1')).toEqual(['']);
    expect(await ofResponses('c3')).toEqual(['']);
    expect(await ofResponses('d4', 'a1', 'c3')).toEqual([CERT_HASH, '', '']);
  });

  test('holds the SHA-256', async () => {
    const { basic } = await world.answered(requestOf([idOf('d4')]));
    expect(Buffer.from(basic.responses[0]!.extensions![0]!.value).subarray(-32)).toEqual(fingerprint);
  });

  test('is told as soon as it is known, though an answer without it could be given again', async () => {
    expect(await ofResponses('a1')).toEqual(['']);
    authority.put('a1', { carrier: 'smartphone', fingerprint });
    expect(await ofResponses('a1')).toEqual([CERT_HASH]);
  });

  test('is not told where the authority does not want it', async () => {
    authority.policy = { ...authority.policy, certHash: false };
    expect(await ofResponses('d4')).toEqual(['']);
  });
});

describe('preferred signature algorithms', () => {
  const preferring = (algorithm: SignatureAlgorithm): Uint8Array => {
    const value = encodeDer(sequence(sequence(signatureAlgorithmIdentifier[algorithm])));
    const extensions = [{ id: '1.3.6.1.5.5.7.48.1.8', critical: false, value }];
    return requestWith({ requests: [sequence(idOf('a1').der)], extensions });
  };

  test('choose who signs, the cache notwithstanding', async () => {
    authority.others = [await signerOf(ca, { keyType: 'p384' })];
    for (const algorithm of ['ecdsa-p384-sha384', 'rsa-sha256', 'ecdsa-p384-sha384'] as const) {
      const { basic } = await world.answered(preferring(algorithm));
      const signed = algorithm === 'rsa-sha256' ? 'ecdsa-p256-sha256' : algorithm;
      expect(Buffer.from(basic.signatureAlgorithm)).toEqual(Buffer.from(signatureAlgorithmIdentifier[signed]));
    }
    expect(world.figures.answers('cached')).toBe(1);
  });
});
