import { hash } from 'node:crypto';
import { REVOCATION_REASONS } from '@kakunin/certificates';
import { HASH_ALGORITHMS, maxSignatureLength } from '@kakunin/x509';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { EXTENDED_REVOKE, singleExtensions } from './answer-extensions.ts';
import { certIdOf } from './cert-id.ts';
import { encodeOcspRequest } from './encode-ocsp-request.ts';
import type { ResponseSigner } from './message-frame.ts';
import { assembleOcspResponse } from './ocsp-response.ts';
import type { OrdinaryAnswer } from './ordinary-answer.ts';
import { ordinaryRequest, scanOrdinaryRequest } from './ordinary-request.ts';
import { encodeResponseData, responderIdByKey, responderIdByName } from './response-data.ts';
import { ResponseTemplates } from './response-templates.ts';
import { type CertStatus, revocationReasonOf } from './single-response.ts';

let ca: TestCa;
let responder: IssuedCertificate;
beforeAll(async () => {
  ca = await createTestCa();
  responder = await ca.issueResponder();
});

const instant = fc.integer({ min: 0, max: Date.UTC(2999, 0) });
const question = fc.record({
  serialNumber: fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }).map((value) => value.toString(16)),
  algorithm: fc.constantFrom(...HASH_ALGORITHMS),
  nonce: fc.option(fc.uint8Array({ minLength: 1, maxLength: 128 }), { nil: undefined }),
});
const said = fc.record({
  certStatus: fc.constantFrom('good' as const, 'revoked' as const, 'unknown' as const),
  reasonCode: fc.constantFrom(...Object.values(REVOCATION_REASONS)),
  revocationTime: instant,
  producedAt: instant,
  thisUpdate: instant,
  nextUpdate: instant,
  archiveCutoff: fc.option(instant, { nil: undefined }),
  fingerprint: fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 }), { nil: undefined }),
  extendedRevoke: fc.boolean(),
});

type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;
type Said = typeof said extends fc.Arbitrary<infer T> ? T : never;

/** The same answer as `encodeResponseData` writes it. */
function encoded(signer: ResponseSigner, { serialNumber, algorithm, nonce }: Question, answer: Said): Uint8Array {
  const { producedAt, thisUpdate, nextUpdate, extendedRevoke } = answer;
  const certStatus: CertStatus =
    answer.certStatus === 'revoked'
      ? { status: 'revoked', revocationTime: answer.revocationTime, reason: revocationReasonOf(answer.reasonCode) }
      : { status: answer.certStatus };
  return encodeResponseData({
    responderId: signer.responderId,
    producedAt,
    responses: [
      {
        certId: certIdOf(ca.certificate, serialNumber, algorithm),
        certStatus,
        thisUpdate,
        nextUpdate,
        extensions: singleExtensions(answer),
      },
    ],
    nonce,
    extensions: extendedRevoke ? [EXTENDED_REVOKE] : [],
  });
}

/** An answer to the question, in an object as the responder keeps it. */
function ordinaryAnswer({ serialNumber, algorithm, nonce }: Question, answer: Said): OrdinaryAnswer {
  const certIds = [certIdOf(ca.certificate, serialNumber, algorithm)];
  const request = encodeOcspRequest({ certIds, ...(nonce && { nonce }) });
  const asked = ordinaryRequest();
  if (!scanOrdinaryRequest(request, asked)) throw new Error('not ordinary');
  return { request, asked, ...answer };
}

describe.each(['key', 'name'] as const)('a template of a responder named by %s', (naming) => {
  const signerOf = (certificates: readonly Uint8Array[]): ResponseSigner => ({
    responderId: (naming === 'key' ? responderIdByKey : responderIdByName)(responder.certificate),
    algorithm: 'ecdsa-p256-sha256',
    maxSignatureLength: maxSignatureLength(responder.certificate.publicKey),
    certificates,
  });

  test('writes what encodeResponseData and assembleOcspResponse write, to the octet', () => {
    const signers = [[responder.certificate.der], []].map(signerOf);
    const templates = signers.map((signer) => new ResponseTemplates(signer));
    // Signatures of ECDSA are nearly always of 70 to 72 octets; shorter ones make lengths around them shorter.
    const written = fc.record({ which: fc.nat(1), length: fc.integer({ min: 1, max: 72 }), offset: fc.nat(200) });
    fc.assert(
      fc.property(question, said, written, (asked, answer, { which, length, offset }) => {
        const signer = signers[which]!;
        const ordinary = ordinaryAnswer(asked, answer);
        const template = templates[which]!.of(ordinary);
        const target = Buffer.alloc(offset + template.maxLength, 0xee);
        template.write(target, offset, ordinary);
        const tbs = encoded(signer, asked, answer);
        expect(Buffer.from(template.tbs(target, offset))).toEqual(tbs);
        const signature = hash('sha512', tbs, 'buffer').subarray(0, length);
        const end = offset + template.finish(target, offset, signature);
        expect(target.subarray(offset, end)).toEqual(assembleOcspResponse({ ...signer, tbs, signature }));
        expect(target.subarray(0, offset)).toEqual(Buffer.alloc(offset, 0xee));
      }),
      { numRuns: 2_000 },
    );
  });
});

test('more shapes than are kept are written all the same', () => {
  const signer: ResponseSigner = {
    responderId: responderIdByKey(responder.certificate),
    algorithm: 'ed25519',
    maxSignatureLength: 64,
    certificates: [],
  };
  const templates = new ResponseTemplates(signer);
  const good = fc.sample(said, 1)[0]!;
  for (let round = 0; round < 2_000; round++) {
    const serialNumber = '1'.repeat(1 + (round % 20) * 2);
    const asked: Question = { serialNumber, algorithm: 'sha256', nonce: new Uint8Array(1 + (round % 127)) };
    const ordinary = ordinaryAnswer(asked, good);
    const template = templates.of(ordinary);
    const target = Buffer.alloc(template.maxLength);
    template.write(target, 0, ordinary);
    expect(Buffer.from(template.tbs(target, 0)).equals(encoded(signer, asked, good))).toBe(true);
  }
});
