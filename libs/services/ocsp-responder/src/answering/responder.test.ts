import { certIdOf, encodeOcspRequest, parseOcspResponse, responderIdByKey, verifyOcspResponse } from '@kakunin/ocsp';
import type { BasicOcspResponse, CertId } from '@kakunin/ocsp';
import { RelyingPartyDirectory } from '@kakunin/relying-parties';
import type { CertificateState } from '@kakunin/status-index';
import { createTestCa } from '@kakunin/testing';
import type { TestCa } from '@kakunin/testing';
import { UsageError } from '@kakunin/usage';
import type { UsageEvent, UsageJournal } from '@kakunin/usage';
import { X509Error } from '@kakunin/x509';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CertificateDigest } from '../metering/certificate-digest.ts';
import { UsageRecorder } from '../metering/usage-recorder.ts';
import type { ResponderSigner } from '../signing/answers.ts';
import { LiveAnswers } from '../signing/live-answers.ts';
import { Authorities } from './authorities.ts';
import { CallerIdentification } from './caller.ts';
import type { OcspAnswer, OcspCall } from './ocsp-call.ts';
import { isRefusal } from './refusal.ts';
import type { RefusalCode } from './refusal.ts';
import { Responder } from './responder.ts';
import type { AuthorityStatus } from './status-source.ts';

const NOW = Date.UTC(2026, 9, 31, 12);
const VALIDITY = 900_000;
const YEAR = 365 * 86_400_000;
const period = { notBefore: NOW - YEAR, notAfter: NOW + YEAR };

let ca: TestCa;
let otherCa: TestCa;
let signer: ResponderSigner;
beforeAll(async () => {
  [ca, otherCa] = await Promise.all([createTestCa(period), createTestCa(period)]);
  const { credential, certificate } = await ca.issueResponder(period);
  signer = { key: credential.key, certificate, responderId: responderIdByKey(certificate) };
});

const GOOD = { state: 'good', notAfter: NOW + YEAR, carrier: 'smartphone' } as const;
const HELD = {
  state: 'revoked',
  notAfter: NOW + YEAR,
  carrier: 'card',
  revocationDate: NOW - 5_000,
  reason: 'certificateHold',
} as const;
const CERTIFICATES: Readonly<Record<string, CertificateState>> = { a1: GOOD, b2: HELD };

const authorityOf = (authorityId: string, { certificate }: TestCa): AuthorityStatus => ({
  authorityId,
  certificateClass: 'signature',
  certificate,
  asOf: NOW - 3_000,
  blocked: false,
  lookup: (serial) => CERTIFICATES[Buffer.from(serial).toString('hex').replace(/^00/, '')] ?? { state: 'not_issued' },
});

/** Everything around the responder, in its normal state; tests disturb one thing each. */
function world() {
  const directory = new RelyingPartyDirectory();
  directory.put({ code: 'pf', name: 'PF', kind: 'platform_provider', roles: ['platform_provider'], credentials: [] });
  directory.put({
    code: 'bank',
    name: 'SP',
    kind: 'service_provider',
    platformProvider: 'pf',
    roles: [],
    credentials: [],
  });
  const recorded: UsageEvent[] = [];
  const faults = { journal: false, signer: false, noSigner: false };
  const authorities = new Map([
    ['signature-g1', authorityOf('signature-g1', ca)],
    ['signature-g2', authorityOf('signature-g2', otherCa)],
  ]);
  const key = {
    ...signer.key,
    sign: async (data: Uint8Array) => {
      if (faults.signer) throw new X509Error('signer_failed', 'away');
      return signer.key.sign(data);
    },
  };
  const wasRecorded = (digest: Uint8Array): boolean =>
    digest.some((octet) => octet > 0) &&
    recorded.some(({ requestDigest }) => Buffer.compare(requestDigest, digest) === 0);
  const journal: UsageJournal = {
    record: async (events) => {
      if (faults.journal) throw new UsageError('journal_unavailable', 'disk full');
      recorded.push(...events.filter(({ requestDigest }) => !wasRecorded(requestDigest)));
    },
    recentlyRecorded: wasRecorded,
  };
  const responder = new Responder({
    clock: { now: () => NOW },
    callers: new CallerIdentification(directory, 'pf'),
    authorities: new Authorities({ get: (id) => authorities.get(id), all: () => authorities.values() }, 60_000),
    signers: { signerOf: () => (faults.noSigner ? undefined : { ...signer, key }) },
    answers: new LiveAnswers({ validity: VALIDITY, neverIssued: 'unknown', onSigned: () => {} }),
    recorder: new UsageRecorder(journal, new CertificateDigest(Buffer.alloc(32, 1))),
  });
  const disturb = (change: Partial<AuthorityStatus>) =>
    authorities.set('signature-g1', { ...authorityOf('signature-g1', ca), ...change });
  return { responder, recorded, faults, disturb };
}

let { responder, recorded, faults, disturb } = {} as ReturnType<typeof world>;
beforeEach(() => {
  ({ responder, recorded, faults, disturb } = world());
});

const callOf = (certIds: readonly CertId[], change: Partial<OcspCall> & { nonce?: Uint8Array } = {}): OcspCall => ({
  connection: { listener: 'plain' },
  serviceProvider: 'bank',
  purpose: 'liveness_check',
  body: encodeOcspRequest({ certIds, ...(change.nonce && { nonce: change.nonce }) }),
  ...change,
});

async function answered(call: OcspCall): Promise<OcspAnswer & { readonly basic: BasicOcspResponse }> {
  const answer = await responder.answer(call);
  if (isRefusal(answer)) throw new Error(answer.refusal);
  const parsed = parseOcspResponse(answer.body);
  if (parsed.status !== 'successful') throw new Error(parsed.status);
  return { ...answer, basic: parsed.basic };
}

describe('an answer', () => {
  test('says good, held or unknown of each certificate, in the order asked, and is signed for the authority', async () => {
    const certIds = ['a1', 'b2', 'c3'].map((serial) => certIdOf(ca.certificate, serial, 'sha1'));
    const { basic } = await answered(callOf(certIds));
    const authority = ca.certificate;
    const verified = verifyOcspResponse(basic, { certIds, authority, now: NOW, clockSkew: 0, maximumAge: 0 });
    if (!verified.ok) throw new Error(verified.refusal);
    expect(verified.responses.map(({ certStatus }) => certStatus)).toEqual([
      { status: 'good' },
      { status: 'revoked', revocationTime: HELD.revocationDate, reason: 'certificateHold' },
      { status: 'unknown' },
    ]);
    expect(verified.responses[0]).toMatchObject({ thisUpdate: NOW - 3_000, nextUpdate: NOW - 3_000 + VALIDITY });
  });

  test.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)(
    'is given to a CertID hashed with %s',
    async (algorithm) => {
      const certId = certIdOf(ca.certificate, 'a1', algorithm);
      const { basic } = await answered(callOf([certId]));
      expect(Buffer.from(basic.responses[0]!.certId.der)).toEqual(Buffer.from(certId.der));
    },
  );

  test('is never dated later than now, though the clock was just set back a little', async () => {
    disturb({ asOf: NOW + 5_000 });
    const { basic } = await answered(callOf([certIdOf(ca.certificate, 'a1')]));
    expect(basic.responses[0]!.thisUpdate).toBe(NOW);
  });

  test('echoes the nonce', async () => {
    const nonce = Buffer.from('a nonce');
    const { basic, hasNonce } = await answered(callOf([certIdOf(ca.certificate, 'a1')], { nonce }));
    expect(Buffer.from(basic.nonce!)).toEqual(nonce);
    expect(hasNonce).toBe(true);
  });

  test('is recorded before it leaves: one event a SingleResponse, without the serial number', async () => {
    await answered(callOf(['a1', 'b2', 'c3'].map((serial) => certIdOf(ca.certificate, serial))));
    expect(recorded.map(({ outcome, carrier }) => `${outcome} ${carrier}`)).toEqual([
      'good smartphone',
      'revoked card',
      'unknown card',
    ]);
    expect(recorded[0]).toMatchObject({
      time: NOW,
      platformProvider: 'pf',
      serviceProvider: 'bank',
      authorityId: 'signature-g1',
      certificateClass: 'signature',
      channel: 'ocsp',
      purpose: 'liveness_check',
      requestDigest: new Uint8Array(16),
    });
  });

  test('to the identical request with a nonce is given again, and recorded once', async () => {
    const call = callOf([certIdOf(ca.certificate, 'a1')], { nonce: Buffer.alloc(32, 7) });
    await answered(call);
    await answered(call);
    expect(recorded).toHaveLength(1);
    await answered({ ...call, purpose: 'signature_verification' });
    expect(recorded).toHaveLength(2);
  });
});

test('an authority that comes again with another key is known by that key alone', async () => {
  const before = callOf([certIdOf(ca.certificate, 'a1')]);
  await answered(before);
  const another = await createTestCa();
  disturb({ certificate: another.certificate });
  expect(await responder.answer(before)).toEqual({ refusal: 'issuer_unknown' });
  await answered(callOf([certIdOf(another.certificate, 'a1')]));
});

const asked = () => [certIdOf(ca.certificate, 'a1')];
/** The name of one authority with the key of another. */
const foreign = () => certIdOf({ ...ca.certificate, subject: signer.certificate.subject }, 'a1');

describe('a refusal', () => {
  const cases: readonly [RefusalCode, () => OcspCall][] = [
    ['client_certificate_missing', () => callOf(asked(), { connection: { listener: 'mtls', fingerprint: undefined } })],
    [
      'client_certificate_unknown',
      () => callOf(asked(), { connection: { listener: 'mtls', fingerprint: 'f'.repeat(64) } }),
    ],
    ['service_provider_unknown', () => callOf(asked(), { serviceProvider: 'other' })],
    ['malformed_request', () => callOf(asked(), { body: Buffer.from('no request') })],
    ['malformed_request', () => callOf(asked(), { body: new Uint8Array() })],
    ['malformed_request', () => callOf(Array.from({ length: 17 }, () => certIdOf(ca.certificate, 'a1')))],
    ['issuer_unknown', () => callOf([{ ...asked()[0]!, der: foreign().der }])],
    ['issuers_differ', () => callOf([...asked(), certIdOf(otherCa.certificate, 'a1')])],
    ['authority_blocked', () => (disturb({ blocked: true }), callOf(asked()))],
    ['status_data_stale', () => (disturb({ asOf: undefined }), callOf(asked()))],
    ['status_data_stale', () => (disturb({ asOf: NOW - 60_001 }), callOf(asked()))],
    ['status_data_stale', () => (disturb({ asOf: NOW + 60_001 }), callOf(asked()))],
    ['signer_unavailable', () => ((faults.noSigner = true), callOf(asked()))],
    ['signer_unavailable', () => ((faults.signer = true), callOf(asked()))],
    ['journal_unavailable', () => ((faults.journal = true), callOf(asked()))],
  ];
  test.each(cases)('%s', async (refusal, disturbed) => {
    expect(await responder.answer(disturbed())).toEqual({ refusal });
    expect(recorded).toEqual([]);
  });
});
