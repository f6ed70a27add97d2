import { REVOCATION_REASONS, type RevocationReason } from '@kakunin/certificates';
import { extendedKeyUsage } from '@kakunin/x509';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import * as asn1js from 'asn1js';
import * as fc from 'fast-check';
import { BasicOCSPResponse as PkijsBasic, OCSPResponse as PkijsResponse } from 'pkijs';
import { beforeAll, describe, expect, test } from 'vitest';
import { certIdOf } from './cert-id.ts';
import { assembleOcspResponse, parseOcspResponse } from './ocsp-response.ts';
import { OCSP_REFUSALS, OCSP_RESPONSE_STATUS } from './ocsp-response-status.ts';
import { encodeResponseData, type ResponseData, responderIdByKey, responderIdByName } from './response-data.ts';
import type { CertStatus, SingleResponse } from './single-response.ts';
import { type ExpectedAnswer, verifyOcspResponse } from './verify-ocsp-response.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;

let ca: TestCa;
let responder: IssuedCertificate;
beforeAll(async () => {
  const period = { notBefore: NOW - 24 * HOUR, notAfter: NOW + 24 * HOUR };
  ca = await createTestCa(period);
  responder = await ca.issueResponder(period);
});

const good = (serialNumber = '1000'): SingleResponse => ({
  certId: certIdOf(ca.certificate, serialNumber),
  certStatus: { status: 'good' },
  thisUpdate: NOW,
  nextUpdate: NOW + HOUR,
});

/** Answers as `signer` would, with whatever the test wants otherwise. */
async function answer(data: Partial<ResponseData> = {}, signer = responder): Promise<Uint8Array> {
  const responderId = responderIdByKey(signer.certificate);
  const tbs = encodeResponseData({ responderId, producedAt: NOW, responses: [good()], ...data });
  const { key, certificate } = signer.credential;
  return assembleOcspResponse({
    tbs,
    algorithm: key.algorithm,
    signature: await key.sign(tbs),
    certificates: [certificate],
  });
}

function basicOf(message: Uint8Array) {
  const response = parseOcspResponse(message);
  if (response.status !== 'successful') throw new Error(response.status);
  return response.basic;
}

async function refusalOf(message: Promise<Uint8Array>, expected: Partial<ExpectedAnswer> = {}): Promise<string> {
  const limits = { authority: ca.certificate, now: NOW, clockSkew: 0, maximumAge: 0 };
  const verified = verifyOcspResponse(basicOf(await message), { certIds: [good().certId], ...limits, ...expected });
  return verified.ok ? 'none' : verified.refusal;
}

const second = fc.integer({ min: 0, max: Date.UTC(2999, 0) / 1000 }).map((value) => value * 1000);
const stated = (Object.keys(REVOCATION_REASONS) as RevocationReason[]).filter((reason) => reason !== 'unspecified');
const certStatus: fc.Arbitrary<CertStatus> = fc.oneof(
  fc.constantFrom<CertStatus>({ status: 'good' }, { status: 'unknown' }),
  second.map((revocationTime) => ({ status: 'revoked' as const, revocationTime })),
  fc
    .tuple(second, fc.constantFrom(...stated))
    .map(([revocationTime, reason]) => ({ status: 'revoked' as const, revocationTime, reason })),
);
const singleResponse: fc.Arbitrary<SingleResponse> = fc
  .record({
    serial: fc.bigInt({ min: 1n, max: 2n ** 159n }),
    certStatus,
    thisUpdate: second,
    nextUpdate: fc.option(second, { nil: undefined }),
    extensions: fc.constantFrom([], [{ id: '1.3.36.8.3.13', critical: false, value: Buffer.from('0500', 'hex') }]),
  })
  .map(({ serial, ...rest }) => ({ ...rest, certId: certIdOf(ca.certificate, serial.toString(16)) }));

test('what was answered comes out again, and pkijs sees the same', () => {
  const nonce = fc.option(
    fc.uint8Array({ minLength: 1, maxLength: 128 }).map((octets) => Buffer.from(octets)),
    { nil: undefined },
  );
  fc.assert(
    fc.property(
      fc.array(singleResponse, { minLength: 1, maxLength: 5 }),
      nonce,
      fc.boolean(),
      (responses, echoed, byName) => {
        const responderId = (byName ? responderIdByName : responderIdByKey)(responder.certificate);
        const tbs = encodeResponseData({ responderId, producedAt: NOW, responses, nonce: echoed });
        const signed = { tbs, signature: Buffer.alloc(64), algorithm: 'ecdsa-p256-sha256' as const, certificates: [] };
        const message = assembleOcspResponse(signed);
        expect(basicOf(message)).toMatchObject({ responderId, producedAt: NOW, responses, nonce: echoed });
        const { responseBytes } = PkijsResponse.fromBER(Uint8Array.from(message));
        const pkijs = PkijsBasic.fromBER(responseBytes!.response.valueBlock.valueHexView);
        expect(Buffer.from(pkijs.tbsResponseData.toSchema().toBER())).toEqual(Buffer.from(tbs));
        expect(pkijs.tbsResponseData.responses.map((each) => each.thisUpdate.getTime())).toEqual(
          responses.map(({ thisUpdate }) => thisUpdate),
        );
      },
    ),
    { numRuns: 50 },
  );
});

test.each(Object.entries(OCSP_REFUSALS))('%s is five octets that pkijs reads', (status, der) => {
  expect(der).toHaveLength(5);
  expect(parseOcspResponse(der)).toEqual({ status });
  const { responseStatus } = new PkijsResponse({ schema: asn1js.fromBER(Uint8Array.from(der)).result });
  expect(responseStatus.valueBlock.valueDec).toBe(OCSP_RESPONSE_STATUS[status as keyof typeof OCSP_REFUSALS]);
});

test('a status that does not exist, and a success without an answer, are malformed', () => {
  for (const hex of ['30030a0104', '30030a0107', '30030a0100', '', '3000'])
    expect(parseOcspResponse(Buffer.from(hex, 'hex')).status).toBe('malformed');
});

describe('an answer is relied upon when', () => {
  test('a delegated responder or the authority itself signed it', async () => {
    expect(await refusalOf(answer())).toBe('none');
    expect(await refusalOf(answer({ responderId: responderIdByName(responder.certificate) }))).toBe('none');
    expect(await refusalOf(answer({}, ca))).toBe('none');
    expect(await refusalOf(answer({}, await ca.issue()))).toBe('not_yet_valid');
    const period = { notBefore: NOW, notAfter: NOW };
    expect(await refusalOf(answer({}, await ca.issue(period)))).toBe('no_ocsp_signing');
    expect(await refusalOf(answer({}, await (await createTestCa(period)).issueResponder(period)))).toBe(
      'not_issued_by_authority',
    );
    expect(await refusalOf(answer({ responderId: { byKey: new Uint8Array(20) } }))).toBe('responder_unknown');
    const [other, { key, certificate }] = [await ca.issueResponder(period), responder.credential];
    const tbs = encodeResponseData({
      responderId: responderIdByKey(responder.certificate),
      producedAt: NOW,
      responses: [good()],
    });
    const signature = await other.credential.key.sign(tbs);
    const forged = assembleOcspResponse({ tbs, algorithm: key.algorithm, signature, certificates: [certificate] });
    expect(await refusalOf(Promise.resolve(forged))).toBe('wrong_signature');
  });

  test('the responder’s certificate is valid, within the skew of clocks', async () => {
    const short = await ca.issueResponder({ notBefore: NOW, notAfter: NOW + HOUR });
    const single = { ...good(), thisUpdate: NOW - HOUR, nextUpdate: NOW + 2 * HOUR };
    const at = (now: number, clockSkew = 0) => refusalOf(answer({ responses: [single] }, short), { now, clockSkew });
    expect(
      await Promise.all([at(NOW - 1), at(NOW - 1, 1), at(NOW + HOUR), at(NOW + HOUR + 1), at(NOW + HOUR + 1, 1)]),
    ).toEqual(['not_yet_valid', 'none', 'none', 'expired', 'none']);
  });

  test('the responder’s certificate has id-pkix-ocsp-nocheck, when that is wanted', async () => {
    const period = { notBefore: NOW, notAfter: NOW };
    const checked = await ca.issue({ ...period, extensions: [extendedKeyUsage('ocspSigning')] });
    expect(await refusalOf(answer({}, checked))).toBe('none');
    expect(await refusalOf(answer({}, checked), { requireNoCheck: true })).toBe('no_nocheck');
    expect(await refusalOf(answer(), { requireNoCheck: true })).toBe('none');
    expect(await refusalOf(answer({}, ca), { requireNoCheck: true })).toBe('none');
  });

  test('a responder has the name of its authority', async () => {
    const { der, subject } = ca.certificate;
    const period = { notBefore: NOW, notAfter: NOW };
    const namesake = await ca.issueResponder({
      ...period,
      subject: [
        ['C', 'JP'],
        ['O', 'Kakunin Test'],
        ['CN', 'Test CA'],
      ],
    });
    expect(namesake.certificate.subject).toEqual(subject);
    const responderId = responderIdByName(namesake.certificate);
    expect(await refusalOf(answer({ responderId }, namesake))).toBe('none');
    expect(
      await refusalOf(
        answer({ responderId }, { ...namesake, credential: { ...namesake.credential, certificate: der } }),
      ),
    ).toBe('wrong_signature');
  });

  test('it echoes the nonce', async () => {
    const [nonce, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(await refusalOf(answer({ nonce }), { nonce })).toBe('none');
    expect(await refusalOf(answer({ nonce }))).toBe('none');
    expect(await refusalOf(answer({ nonce: other }), { nonce })).toBe('nonce_differs');
    expect(await refusalOf(answer(), { nonce })).toBe('nonce_missing');
  });

  test('nothing in it is critical that is not understood', async () => {
    const extensions = (critical: boolean) => [{ id: '1.2.3.4', critical, value: Buffer.from('0500', 'hex') }];
    expect(await refusalOf(answer({ extensions: extensions(false) }))).toBe('none');
    expect(await refusalOf(answer({ extensions: extensions(true) }))).toBe('critical_extension');
    const responses = [{ ...good(), extensions: extensions(true) }];
    expect(await refusalOf(answer({ responses }))).toBe('critical_extension');
  });

  test('it is about each certificate that was asked about', async () => {
    const certIds = [good('2').certId, good('1').certId];
    expect(await refusalOf(answer({ responses: [good('1'), good('2')] }), { certIds })).toBe('none');
    expect(await refusalOf(answer({ responses: [good('2')] }), { certIds })).toBe('other_certificate');
  });

  test('it is fresh, within the skew of clocks', async () => {
    const single = { ...good(), thisUpdate: NOW, nextUpdate: NOW + HOUR };
    const at = (now: number, clockSkew = 0) => refusalOf(answer({ responses: [single] }), { now, clockSkew });
    expect(
      await Promise.all([at(NOW - 1), at(NOW - 1, 1), at(NOW + HOUR), at(NOW + HOUR + 1), at(NOW + HOUR + 1, 1)]),
    ).toEqual(['from_the_future', 'none', 'none', 'out_of_date', 'none']);
    const endless = answer({ responses: [{ ...good(), nextUpdate: undefined }] });
    expect(await refusalOf(endless, { now: NOW + 60, maximumAge: 60 })).toBe('none');
    expect(await refusalOf(endless, { now: NOW + 61, maximumAge: 60 })).toBe('out_of_date');
  });
});

test('a damaged answer is never relied upon, and nothing is thrown', async () => {
  const message = await answer({ nonce: Buffer.alloc(16, 7) });
  const expected = { certIds: [good().certId], authority: ca.certificate, now: NOW, clockSkew: 0, maximumAge: 0 };
  fc.assert(
    fc.property(fc.nat(message.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
      const damaged = Buffer.from(message);
      damaged[index]! ^= flip;
      const response = parseOcspResponse(damaged);
      if (response.status !== 'successful') return;
      expect(verifyOcspResponse(response.basic, expected).ok).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});
