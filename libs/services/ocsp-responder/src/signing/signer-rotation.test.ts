import { setImmediate } from 'node:timers/promises';
import { createTestCa } from '@kakunin/testing/test-ca';
import type { TestCa } from '@kakunin/testing/test-ca';
import { signatureAlgorithmIdentifier, verifySignature } from '@kakunin/x509';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isOf, SignersBench } from '../testing/signers-bench.ts';
import { DEFAULT_POLICY } from './authority-policy.ts';

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

let bench: SignersBench;
beforeEach(() => {
  bench = new SignersBench(ca);
});
afterEach(() => bench.close());

const HOUR = 3_600_000;

describe('rotation', () => {
  test.each([
    ['in its place', ''],
    ['in a folder of its own', '2027'],
  ])('the next certificate lies ready %s, and signs from its first moment', async (_, folder) => {
    const [first, next] = await bench.issueResponders(
      { notAfter: bench.now + 3 * HOUR },
      { notBefore: bench.now + 2 * HOUR },
    );
    bench.put(first!);
    const opened = await bench.open();
    bench.put(next!, folder);
    await opened.refresh();
    await opened.refresh();
    expect(isOf(opened.signerOf(bench.authority, bench.now), first!)).toBe(true);
    expect(opened.health().ok).toBe(true);
    // The end that counts is that of what lies ready.
    expect(opened.figures().map(({ notAfter }) => notAfter)).toEqual([next!.certificate.notAfter]);

    bench.now = next!.certificate.notBefore - 1;
    expect(isOf(opened.signerOf(bench.authority, bench.now), first!)).toBe(true);
    bench.now += 1;
    expect(isOf(opened.signerOf(bench.authority, bench.now), next!)).toBe(true);
    bench.now += 2 * HOUR;
    await opened.refresh();
    // The first one has ended and may lie there: another signs in its stead.
    expect(isOf(opened.signerOf(bench.authority, bench.now), next!)).toBe(true);
    expect(opened.health().ok).toBe(true);
  });

  test('a certificate that has not begun is no signer, and red when it is the only one', async () => {
    bench.put(await ca.issueResponder({ notBefore: bench.now + HOUR }));
    const opened = await bench.open();
    expect(opened.signerOf(bench.authority, bench.now)).toBeUndefined();
    expect(opened.health()).toMatchObject({ ok: false, detail: expect.stringContaining('(not_yet_valid)') });
  });

  test('while files are replaced again and again no answer goes without a signer, and each signature fits', async () => {
    const responders = await bench.issueResponders({}, { keyType: 'p384' }, {}, { keyType: 'ed25519' });
    bench.put(responders[0]!);
    const opened = await bench.open();
    const state = { rotating: true };
    const rotation = (async () => {
      for (let round = 1; round <= 20; round++) {
        const { keyPem, certificatePem } = responders[round % responders.length]!;
        bench.putFile('', 'key.pem', keyPem);
        await opened.refresh();
        bench.putFile('', 'certificate.pem', certificatePem);
        await opened.refresh();
      }
      state.rotating = false;
    })();
    const seen = new Set<string>();
    while (state.rotating) {
      const signer = opened.signerOf(bench.authority, bench.now)!;
      const data = Buffer.from('確認');
      const signatureAlgorithm = signatureAlgorithmIdentifier[signer.key.algorithm];
      const { publicKey } = signer.certificate;
      const signature = await signer.key.sign(data);
      expect(verifySignature({ signatureAlgorithm, publicKey, data, signature })).toBe(true);
      expect(opened.health().ok).toBe(true);
      seen.add(signer.certificate.serialNumber);
      await setImmediate();
    }
    await rotation;
    expect(seen.size).toBe(responders.length);
  });
});

describe('policy', () => {
  test('names the responder as it says, by another signer from then on; other pairs and files leave him as he is', async () => {
    const [responder, p384] = await bench.issueResponders({}, { keyType: 'p384' });
    bench.put(responder!);
    const opened = await bench.open();
    const byKey = opened.signerOf(bench.authority, bench.now);
    bench.put(p384!, 'p384');
    await opened.refresh();
    expect(opened.signerOf(bench.authority, bench.now)).toBe(byKey);
    bench.putPolicy({ responderId: 'name' });
    await opened.refresh();
    const byName = opened.signerOf(bench.authority, bench.now);
    expect(byKey?.responderId).toHaveProperty('byKey');
    expect(byName?.responderId).toEqual({ byName: responder!.certificate.subject });
  });

  test('a bad one is refused with one line, and the one before it stays', async () => {
    bench.putPolicy({ anonymous: true });
    bench.put(await ca.issueResponder());
    const opened = await bench.open();
    const before = opened.policyOf('signature-g1');
    expect(before).toEqual({ ...DEFAULT_POLICY, anonymous: true });
    bench.putPolicy({ anonymus: true });
    await opened.refresh();
    expect(opened.health().ok).toBe(true);
    await opened.refresh();
    await opened.refresh();
    expect(opened.policyOf('signature-g1')).toBe(before);
    expect(opened.signerOf(bench.authority, bench.now)).toBeDefined();
    expect(opened.health()).toMatchObject({ ok: false, detail: expect.stringMatching(/policy\.json: .*"anonymus"/) });
    expect(bench.lines.filter((line) => line.includes('policy.json'))).toHaveLength(1);

    bench.putPolicy({ anonymous: false });
    await opened.refresh();
    expect(opened.policyOf('signature-g1').anonymous).toBe(false);
    expect(opened.health().ok).toBe(true);
  });

  test('with a bad one from the start nothing is signed: what it wanted to forbid is not known', async () => {
    bench.putPolicy('{');
    bench.put(await ca.issueResponder());
    const opened = await bench.open();
    expect(opened.signerOf(bench.authority, bench.now)).toBeUndefined();
    expect(opened.health()).toMatchObject({ ok: false, detail: expect.stringContaining('policy.json: it is no JSON') });
  });

  test('taken away, the defaults hold again', async () => {
    bench.putPolicy({ neverIssued: 'revoked' });
    const opened = await bench.open();
    expect(opened.policyOf('signature-g1').neverIssued).toBe('revoked');
    bench.removeFile('', 'policy.json');
    await opened.refresh();
    // It may only be on its way: what it was strict about holds until the next look.
    expect(opened.policyOf('signature-g1').neverIssued).toBe('revoked');
    await opened.refresh();
    expect(opened.policyOf('signature-g1')).toBe(DEFAULT_POLICY);
    expect(opened.policyOf('another')).toBe(DEFAULT_POLICY);
  });
});
