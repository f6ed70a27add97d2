import { createTestCa } from '@kakunin/testing/test-ca';
import type { IssuedCertificate, TestCa, TestKeyType } from '@kakunin/testing/test-ca';
import {
  extendedKeyUsage,
  keyUsage,
  ocspNoCheck,
  signatureAlgorithmIdentifier,
  verifySignature,
  X509Error,
} from '@kakunin/x509';
import type { SignatureAlgorithm } from '@kakunin/x509';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isOf, SignersBench } from '../testing/signers-bench.ts';

let ca: TestCa;
let other: TestCa;
beforeAll(async () => {
  [ca, other] = await Promise.all([createTestCa(), createTestCa()]);
});

let bench: SignersBench;
beforeEach(() => {
  bench = new SignersBench(ca);
});
afterEach(() => bench.close());

const HOUR = 3_600_000;

test('signs with the certificate that the authority gave', async () => {
  const responder = await ca.issueResponder();
  bench.put(responder);
  const opened = await bench.open();
  const signer = opened.signerOf(bench.authority, bench.now);
  expect(isOf(signer, responder)).toBe(true);
  expect(opened.signerOf(bench.authority, bench.now)).toBe(signer);
  expect(opened.health()).toEqual({ ok: true, detail: '1 authorities have a signer' });
});

test('an authority may sign by itself', async () => {
  bench.put(ca);
  const opened = await bench.open();
  expect(isOf(opened.signerOf(bench.authority, bench.now), ca)).toBe(true);
});

test('an authority without files has no signer, and health says where to put them', async () => {
  const opened = await bench.open();
  expect(opened.signerOf(bench.authority, bench.now)).toBeUndefined();
  expect(opened.health()).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/signature-g1: no signer; put key\.pem/),
  });
});

const UNFIT: readonly [string, () => Promise<IssuedCertificate>][] = [
  ['not_issued_by_authority', () => other.issueResponder()],
  ['no_ocsp_signing', () => ca.issue()],
  ['no_nocheck', () => ca.issueWith([keyUsage('digitalSignature'), extendedKeyUsage('ocspSigning')])],
  ['key_usage', () => ca.issueWith([keyUsage('keyAgreement'), extendedKeyUsage('ocspSigning'), ocspNoCheck()])],
  ['expired', () => ca.issueResponder({ notBefore: bench.now - 2000, notAfter: bench.now - 1000 })],
];

describe.each(UNFIT)('%s', (reason, issue) => {
  test('does not sign', async () => {
    bench.put(await issue());
    const opened = await bench.open();
    expect(opened.signerOf(bench.authority, bench.now)).toBeUndefined();
    expect(opened.health()).toMatchObject({ ok: false, detail: expect.stringContaining(`(${reason})`) });
  });

  test('does not take the place of a good one: red, one line in the log, and the old pair goes on', async () => {
    const responder = await ca.issueResponder();
    bench.put(responder);
    const opened = await bench.open();
    bench.put(await issue());
    for (let look = 0; look < 3; look++) await opened.refresh();
    expect(isOf(opened.signerOf(bench.authority, bench.now), responder)).toBe(true);
    expect(opened.health()).toMatchObject({ ok: false, detail: expect.stringContaining(`(${reason})`) });
    expect(bench.lines.filter((line) => line.includes(`(${reason})`))).toHaveLength(1);
  });

  test('in a folder of its own does not sign either, whatever is preferred', async () => {
    const [responder] = await bench.issueResponders({ keyType: 'p384' });
    bench.put(responder!);
    bench.put(await issue(), 'next');
    const opened = await bench.open();
    expect(isOf(opened.signerOf(bench.authority, bench.now, ['ecdsa-p256-sha256']), responder!)).toBe(true);
    expect(opened.health()).toMatchObject({ ok: false, detail: expect.stringContaining(`(${reason})`) });
  });
});

test('a certificate without nocheck signs where the policy lets it', async () => {
  const responder = await ca.issueWith([keyUsage('digitalSignature'), extendedKeyUsage('ocspSigning')]);
  bench.putPolicy({ requireNoCheck: false });
  bench.put(responder);
  const opened = await bench.open();
  expect(isOf(opened.signerOf(bench.authority, bench.now), responder)).toBe(true);
  expect(opened.health().ok).toBe(true);
});

test('a pair that came before its authority was known is checked before it signs', async () => {
  bench.put(await other.issueResponder());
  bench.authorities = [];
  const opened = await bench.open();
  expect(opened.health().ok).toBe(true);
  bench.authorities = [bench.authority];
  expect(opened.signerOf(bench.authority, bench.now)).toBeUndefined();
  expect(opened.health().ok).toBe(false);
});

test('stops signing when the certificate ends', async () => {
  bench.put(await ca.issueResponder({ notBefore: bench.now - 2000, notAfter: bench.now + 10_000 }));
  const opened = await bench.open();
  expect(opened.signerOf(bench.authority, bench.now)).toBeDefined();
  bench.now += 20_000;
  expect(opened.signerOf(bench.authority, bench.now)).toBeUndefined();
  expect(opened.health()).toMatchObject({ ok: false, detail: expect.stringContaining('expired') });
});

describe('several keys', () => {
  const ALGORITHMS = {
    rsa: 'rsa-sha256',
    p256: 'ecdsa-p256-sha256',
    p384: 'ecdsa-p384-sha384',
    ed25519: 'ed25519',
  } as const satisfies Record<TestKeyType, SignatureAlgorithm>;
  const TYPES = Object.keys(ALGORITHMS) as readonly TestKeyType[];

  test('the preferred algorithm signs; without one that is there, that of the own folder', async () => {
    const responders = await bench.issueResponders(...TYPES.map((keyType) => ({ keyType })));
    for (const [index, responder] of responders.entries()) bench.put(responder, index === 0 ? '' : TYPES[index]);
    const opened = await bench.open();
    for (const [index, type] of TYPES.entries()) {
      const signer = opened.signerOf(bench.authority, bench.now, [ALGORITHMS[type], 'rsa-sha256']);
      expect(isOf(signer, responders[index]!)).toBe(true);
      const data = Buffer.from(type);
      const signature = signer!.key.signNow!(data);
      const signatureAlgorithm = signatureAlgorithmIdentifier[ALGORITHMS[type]];
      const { publicKey } = responders[index]!.certificate;
      expect(verifySignature({ signatureAlgorithm, publicKey, data, signature })).toBe(true);
    }
    expect(isOf(opened.signerOf(bench.authority, bench.now), responders[0]!)).toBe(true);
    expect(opened.health().ok).toBe(true);
    expect(opened.figures().map(({ algorithm }) => algorithm)).toEqual([
      'rsa-sha256',
      'ed25519',
      'ecdsa-p256-sha256',
      'ecdsa-p384-sha384',
    ]);
  });

  test('of two with one algorithm the one signs that began last', async () => {
    const [own, renewed] = await bench.issueResponders(
      { notBefore: bench.now - 3 * HOUR },
      { notBefore: bench.now - 2 * HOUR },
    );
    bench.put(own!);
    bench.put(renewed!, 'renewed');
    const opened = await bench.open();
    expect(isOf(opened.signerOf(bench.authority, bench.now), renewed!)).toBe(true);
  });

  test('when the own folder has nothing that may sign, another algorithm does', async () => {
    const [own, p384] = await bench.issueResponders({ notAfter: bench.now + HOUR }, { keyType: 'p384' });
    bench.put(own!);
    bench.put(p384!, 'p384');
    const opened = await bench.open();
    bench.now += 2 * HOUR;
    expect(isOf(opened.signerOf(bench.authority, bench.now), p384!)).toBe(true);
    // Who asked for the ended algorithm gets another one: to be mended.
    expect(opened.health()).toMatchObject({ ok: false, detail: expect.stringContaining('(expired)') });
  });
});

test('a key that did not sign is red until it does', async () => {
  bench.put(await ca.issueResponder());
  const opened = await bench.open();
  const signer = opened.signerOf(bench.authority, bench.now)!;
  opened.failed(signer, new X509Error('signer_failed', 'The token did not sign: CKR_DEVICE_REMOVED.'));
  expect(opened.health()).toMatchObject({ ok: false, detail: expect.stringContaining('CKR_DEVICE_REMOVED') });
  opened.signed(signer);
  expect(opened.health().ok).toBe(true);
});
