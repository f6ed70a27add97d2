import { certIdOf, encodeOcspRequest, verifyOcspResponse } from '@kakunin/ocsp';
import type { CertId } from '@kakunin/ocsp';
import { createTestCa } from '@kakunin/testing/test-ca';
import type { TestCa } from '@kakunin/testing/test-ca';
import { X509Error } from '@kakunin/x509';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ResponderSigner } from '../signing/responder-signer.ts';
import {
  EngineWorld,
  mtlsConnection,
  NOW,
  PERIOD,
  plainConnection,
  signerOf,
  TestAuthority,
  TestReply,
} from '../testing/engine-world.ts';
import type { RefusalCode } from './refusal.ts';

let ca: TestCa;
let otherCa: TestCa;
let signer: ResponderSigner;
beforeAll(async () => {
  [ca, otherCa] = await Promise.all([createTestCa(PERIOD), createTestCa(PERIOD)]);
  signer = await signerOf(ca);
});

const HELD_AT = NOW - 5_000;

let authority: TestAuthority;
let world: EngineWorld;
beforeEach(() => {
  authority = new TestAuthority('signature-g1', ca, signer);
  authority.put('a1', { carrier: 'smartphone' });
  authority.put('b2', { status: { status: 'revoked', revocationDate: HELD_AT, reason: 'certificateHold' } });
  world = new EngineWorld([authority, new TestAuthority('signature-g2', otherCa, signer)]);
});

const idOf = (serialNumber: string): CertId => certIdOf(ca.certificate, serialNumber);
const requestOf = (certIds: readonly CertId[], nonce?: Uint8Array): Uint8Array =>
  encodeOcspRequest({ certIds, ...(nonce && { nonce }) });
const aboutA1 = (nonce?: Uint8Array): Uint8Array => requestOf([idOf('a1')], nonce);

describe('an answer', () => {
  test('says good, held or unknown of each certificate, in the order asked, and is signed for the authority', async () => {
    const certIds = ['a1', 'b2', 'c3'].map((serial) => certIdOf(ca.certificate, serial, 'sha1'));
    const { basic } = await world.answered(requestOf(certIds));
    const verified = verifyOcspResponse(basic, {
      certIds,
      authority: ca.certificate,
      now: NOW,
      clockSkew: 0,
      maximumAge: 0,
    });
    if (!verified.ok) throw new Error(verified.refusal);
    expect(verified.responses.map(({ certStatus }) => certStatus)).toEqual([
      { status: 'good' },
      { status: 'revoked', revocationTime: HELD_AT, reason: 'certificateHold' },
      { status: 'unknown' },
    ]);
    expect(verified.responses[0]).toMatchObject({ thisUpdate: NOW - 3_000, nextUpdate: NOW - 3_000 + 900_000 });
  });

  test.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)(
    'is given to a CertID hashed with %s',
    async (algorithm) => {
      const certId = certIdOf(ca.certificate, 'b2', algorithm);
      const { basic } = await world.answered(requestOf([certId]));
      expect(Buffer.from(basic.responses[0]!.certId.der)).toEqual(Buffer.from(certId.der));
      expect(basic.responses[0]!.certStatus.status).toBe('revoked');
    },
  );

  test.each(['rsa', 'p384', 'ed25519'] as const)(
    'is signed with %s where the authority has such a key',
    async (keyType) => {
      authority.signer = await signerOf(ca, { keyType });
      const certIds = [idOf('a1')];
      for (const nonce of [undefined, Buffer.from('nonce')]) {
        const { basic } = await world.answered(requestOf(certIds, nonce));
        const asked = { certIds, authority: ca.certificate, now: NOW, clockSkew: 0, maximumAge: 0 };
        expect(verifyOcspResponse(basic, { ...asked, ...(nonce && { nonce }) })).toMatchObject({ ok: true });
      }
    },
  );

  test('is a whole HTTP response, whose DER an ordinary handler may take out', async () => {
    const { head, answer, basic } = await world.answered(aboutA1());
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:[^\r]+\r\n)+\r\n$/);
    expect(head).toContain(`Content-Length: ${answer.response.length - answer.bodyStart}\r\n`);
    expect(head).toContain(`Date: ${new Date(NOW).toUTCString()}\r\n`);
    expect(answer).toMatchObject({ thisUpdate: NOW - 3_000, nextUpdate: NOW - 3_000 + 900_000, hasNonce: false });
    expect(basic.producedAt).toBe(NOW);
  });

  test('is never dated later than now, though the clock was just set back a little', async () => {
    authority.asOf = NOW + 5_000;
    const { basic } = await world.answered(aboutA1());
    expect(basic.responses[0]!.thisUpdate).toBe(NOW);
  });

  test('holds no longer than the certificate that signed it', async () => {
    authority.signer = await signerOf(ca, { notAfter: NOW + 60_000 });
    const { answer } = await world.answered(aboutA1());
    expect(answer.nextUpdate).toBe(NOW + 60_000);
  });

  test('echoes the nonce, whatever its length', async () => {
    for (const length of [1, 32, 128]) {
      const nonce = Buffer.alloc(length, length);
      const { basic, answer } = await world.answered(aboutA1(nonce));
      expect(Buffer.from(basic.nonce!)).toEqual(nonce);
      expect(answer.hasNonce).toBe(true);
    }
  });

  test('is recorded before it leaves: one event a SingleResponse, without the serial number', async () => {
    await world.answered(requestOf(['a1', 'b2', 'c3'].map(idOf)));
    expect(world.journal.events.map(({ outcome, carrier }) => `${outcome} ${carrier}`)).toEqual([
      'good smartphone',
      'revoked card',
      'unknown card',
    ]);
    expect(world.journal.events[0]).toMatchObject({
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
    const request = aboutA1(Buffer.alloc(32, 7));
    await world.answered(request);
    await world.answered(request);
    expect(world.journal.events).toHaveLength(1);
    await world.answered(request, { path: { serviceProvider: 'bank', purpose: 'signature_verification' } });
    expect(world.journal.events).toHaveLength(2);
  });

  test('to a caller whom no one charges is not recorded', async () => {
    authority.policy = { ...authority.policy, anonymous: true };
    const open = { connection: mtlsConnection(undefined), path: { ...FOR_ITSELF } };
    await world.answered(aboutA1(), open);
    await world.answered(aboutA1(), open);
    expect(world.journal.events).toEqual([]);
  });

  test('is counted by what it says, and by where it came from', async () => {
    await world.answered(aboutA1());
    await world.answered(aboutA1());
    await world.answered(requestOf(['b2', 'c3'].map(idOf)));
    const { figures } = world;
    expect([figures.answers('live'), figures.answers('cached')]).toEqual([2, 1]);
    const outcomes = (['good', 'revoked', 'unknown'] as const).map((each) => figures.requests(each, 'signature'));
    expect(outcomes).toEqual([2, 1, 1]);
    expect(figures.duration.counts.reduce((sum, count) => sum + count)).toBe(3);
    expect(figures.signing.counts.reduce((sum, count) => sum + count)).toBe(2);
  });
});

const FOR_ITSELF = { serviceProvider: '', purpose: 'signature_verification' } as const;

test('an authority that comes again with another key is known by that key alone', async () => {
  await world.answered(aboutA1());
  const another = await createTestCa(PERIOD);
  const renewed = new TestAuthority('signature-g1', another, await signerOf(another));
  renewed.put('a1');
  world.authorities.set('signature-g1', renewed);
  expect(await world.ask(aboutA1()).first()).toEqual({ refusal: 'issuer_unknown' });
  await world.answered(requestOf([certIdOf(another.certificate, 'a1')]));
});

test.each([
  ['pf', {}],
  [
    'nobody, who may ask an authority that is open to everybody',
    { connection: mtlsConnection(undefined), path: FOR_ITSELF },
  ],
])('before all authorities are known none is unknown: asked by %s', async (_, change) => {
  authority.policy = { ...authority.policy, anonymous: true };
  world.authoritiesAreComplete = false;
  world.authorities.clear();
  expect(await world.ask(aboutA1(), change).first()).toEqual({ refusal: 'not_ready' });
  expect(await world.ask(requestOf(['a1', 'b2'].map(idOf)), change).first()).toEqual({ refusal: 'not_ready' });
  world.authorities.set(authority.authorityId, authority);
  await world.answered(aboutA1(), change);
});

/** The name of one authority with the key of another. */
const foreign = (): CertId => certIdOf({ ...ca.certificate, subject: signer.certificate.subject }, 'a1');

const failing = (): ResponderSigner => ({
  ...signer,
  key: {
    ...signer.key,
    signNow: () => {
      throw new X509Error('signer_failed', 'away');
    },
  },
});

describe('a refusal', () => {
  const cases: readonly [RefusalCode, () => ReturnType<EngineWorld['ask']>][] = [
    ['client_certificate_missing', () => world.ask(aboutA1(), { connection: mtlsConnection(undefined) })],
    ['client_certificate_unknown', () => world.ask(aboutA1(), { connection: mtlsConnection('f'.repeat(64)) })],
    ['service_provider_unknown', () => world.ask(aboutA1(), { path: { ...FOR_ITSELF, serviceProvider: 'shop' } })],
    ['malformed_request', () => world.ask(Buffer.from('no request'))],
    ['malformed_request', () => world.ask(new Uint8Array())],
    ['malformed_request', () => world.ask(requestOf(Array.from({ length: 17 }, () => idOf('a1'))))],
    ['issuer_unknown', () => world.ask(requestOf([foreign()]))],
    ['issuer_unknown', () => world.ask(requestOf([foreign(), idOf('a1')]))],
    ['issuers_differ', () => world.ask(requestOf([idOf('a1'), certIdOf(otherCa.certificate, 'a1')]))],
    ['authority_blocked', () => ((authority.blocked = true), world.ask(aboutA1()))],
    ['status_data_stale', () => ((authority.asOf = undefined), world.ask(aboutA1()))],
    ['status_data_stale', () => ((authority.asOf = NOW - 60_001), world.ask(aboutA1()))],
    ['status_data_stale', () => ((authority.asOf = NOW + 60_001), world.ask(aboutA1()))],
    ['signer_unavailable', () => ((authority.signer = undefined), world.ask(aboutA1()))],
    ['signer_unavailable', () => ((authority.signer = failing()), world.ask(aboutA1()))],
    ['request_signature_missing', () => (requireSigned(), world.ask(aboutA1()))],
    ['journal_unavailable', () => ((world.journal.fault = true), world.ask(aboutA1()))],
  ];
  test.each(cases)('%s', async (refusal, disturbed) => {
    expect(await disturbed().first()).toEqual({ refusal });
    expect(world.journal.events).toEqual([]);
    expect(world.figures.refusals(refusal)).toBe(1);
  });

  const requireSigned = (): void => {
    authority.policy = { ...authority.policy, requireSignedRequests: true };
  };

  test('of what nobody foresaw is internalError, said once and logged', async () => {
    authority.index.locate = () => {
      throw new RangeError('unforeseen');
    };
    expect(await world.ask(aboutA1()).first()).toEqual({ refusal: 'internal_error' });
    expect(world.faults).toEqual([new RangeError('unforeseen')]);
  });

  test('and an answer that cannot be sent are logged, and trouble nobody else', async () => {
    const broken = new TestReply();
    broken.answered = broken.refused = () => {
      throw new RangeError('gone');
    };
    world.engine.answer({ connection: plainConnection(), path: FOR_ITSELF, body: aboutA1() }, broken);
    world.engine.answer({ connection: plainConnection(), path: FOR_ITSELF, body: new Uint8Array() }, broken);
    await world.answered(aboutA1());
    expect(world.faults).toEqual([new RangeError('gone'), new RangeError('gone')]);
  });

  test('of a key that failed is told to those who watch over it, and so is its recovery', async () => {
    authority.signer = failing();
    await world.ask(aboutA1()).first();
    expect(world.signing).toEqual({ signed: 0, failed: 1 });
    authority.signer = signer;
    world.now += 1_000;
    await world.answered(aboutA1());
    expect(world.signing).toEqual({ signed: 1, failed: 1 });
  });
});
