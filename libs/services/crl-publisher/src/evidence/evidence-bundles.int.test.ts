import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { deltaCrlIndicator, freshestCrl, issuingDistributionPoint } from '@kakunin/crl';
import { crlKey } from '@kakunin/publication';
import { createTestCa } from '@kakunin/testing';
import type { Certificate } from '@kakunin/x509';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryOf, HOUR } from '../archive/testing/simulated-series.ts';
import { DAY, EvidenceBench, THEN } from './testing/evidence-bench.ts';
import { TestTsa } from './testing/test-tsa.ts';

let bench: EvidenceBench;
beforeEach(async () => {
  bench = await EvidenceBench.create();
});
afterEach(() => bench.close());

const MINUTE = 60_000;

describe('evidence', () => {
  it('of a certificate that has expired since is verified by OpenSSL', async () => {
    const { certificate } = await bench.issue(1);
    const series = bench.series();
    await series.publish([entryOf(7, THEN)], THEN);
    await series.publish([entryOf(1, THEN + HOUR, 'keyCompromise'), entryOf(7, THEN)], THEN + 2 * HOUR);
    const bundles = bench.bundles();

    await bench.unpack(await bench.zip(bundles, { certificate: certificate.der, at: THEN + HOUR }));
    expect(await bench.command('openssl verify')).toContain('certificate.pem: OK');
    const good = await bench.command('openssl ocsp');
    expect(good).toContain('Response verify OK');
    expect(good).toMatch(/certificate\.pem: good\s+This Update: Oct +1 00:00:00 2024 GMT/);

    await bench.unpack(await bench.zip(bundles, { certificate: certificate.der, at: THEN + 3 * HOUR }));
    expect(await bench.command('openssl verify')).toContain('certificate revoked');
    const revoked = await bench.command('openssl ocsp');
    expect(revoked).toContain('Response verify OK');
    expect(revoked).toMatch(/certificate\.pem: revoked\s[^]*Reason: keyCompromise\s[^]*Oct +1 01:00:00 2024 GMT/);
  });

  it('says in its manifest what every file is', async () => {
    const { certificate } = await bench.issue(1);
    await bench.series().publish([], THEN);
    await bench.unpack(await bench.zip(bench.bundles(), { certificate: certificate.der, at: THEN + MINUTE }));
    const manifest = JSON.parse(bench.read('manifest.json'));
    expect(manifest).toMatchObject({
      authority: 'a',
      at: '2024-10-01T00:01:00Z',
      atJst: '2024-10-01 09:01:00 JST',
      status: { status: 'good', thisUpdate: '2024-10-01T00:00:00Z' },
      crls: [{ file: 'crl.crl', kind: 'complete', crlNumber: '1' }],
    });
    const listed = manifest.files.map(({ name }: { name: string }) => name);
    expect(listed).toEqual(['README.txt', 'certificate.pem', 'authority.pem', 'ocsp-response.der', 'crl.crl']);
    expect(bench.read('README.txt')).toContain('失効情報の証拠');
  });

  it('never changes: not later, not when more was published, not when files were removed', async () => {
    const { certificate } = await bench.issue(1);
    const series = bench.series();
    await series.publish([], THEN);
    const question = { certificate: certificate.der, at: THEN + MINUTE };
    const first = await bench.zip(bench.bundles(), question);
    await series.publish([entryOf(1, THEN)], THEN + HOUR);
    await bench.store.remove(crlKey(series.series, 1n));
    expect(await bench.zip(bench.bundles(), question)).toEqual(first);
    expect(await bench.zip(bench.bundles(), { ...question, at: question.at + 999 })).toEqual(first);
  });

  it('is the same for all who ask first at the same time', async () => {
    const { certificate } = await bench.issue(1);
    await bench.series().publish([], THEN);
    const question = { certificate: certificate.der, at: THEN + MINUTE };
    const zips = await Promise.all([1, 2, 3].map(() => bench.zip(bench.bundles(), question)));
    expect(zips[1]).toEqual(zips[0]);
    expect(zips[2]).toEqual(zips[0]);
  });

  it('of a certificate of a partition holds the CRL and the delta of that partition', async () => {
    const url = 'http://crl.example/crl/a/partitions/13101.crl';
    const scope = issuingDistributionPoint({ fullName: [url] });
    const [first, second] = [
      await bench.issue(1, { label: '13101', url }),
      await bench.issue(2, { label: '13101', url }),
    ];
    await bench.series().publish([], THEN);
    const partition = bench.series({ partition: '13101' });
    const held = entryOf(2, THEN, 'certificateHold');
    const extensions = [scope, freshestCrl('http://crl.example/crl/a/partitions/13101/delta.crl')];
    await partition.publish([held], THEN, { crlNumber: 2n, extensions });
    const delta = bench.series({ partition: '13101', kind: 'delta' });
    await delta.publish([entryOf(1, THEN + HOUR, 'superseded'), { ...held, reason: 'removeFromCRL' }], THEN + HOUR, {
      crlNumber: 3n,
      baseCrlNumber: 2n,
      extensions: [scope, deltaCrlIndicator(2n)],
    });
    const answers = async (der: Uint8Array, at: number) => {
      await bench.unpack(await bench.zip(bench.bundles(), { certificate: der, at }));
      const verdict = await bench.command('openssl verify');
      const [, status] = /certificate\.pem: (\w+)/.exec(await bench.command('openssl ocsp')) ?? [];
      return [/: OK$/m.test(verdict) ? 'good' : /lookup: ?(.*)$/m.exec(verdict)?.[1], status];
    };
    const before = THEN + MINUTE;
    expect(await answers(first.certificate.der, before)).toEqual(['good', 'good']);
    expect(await answers(second.certificate.der, before)).toEqual(['certificate revoked', 'revoked']);
    const after = THEN + 2 * HOUR;
    expect(await answers(first.certificate.der, after)).toEqual(['certificate revoked', 'revoked']);
    expect(await answers(second.certificate.der, after)).toEqual(['good', 'good']);
    expect(JSON.parse(bench.read('manifest.json')).crls).toMatchObject([
      { kind: 'complete', partition: '13101', crlNumber: '2' },
      { kind: 'delta', partition: '13101', crlNumber: '3', baseCrlNumber: '2' },
    ]);
  });

  it('carries timestamps that OpenSSL verifies, when there is an authority for them', async () => {
    const tsa = await TestTsa.start();
    try {
      const { certificate } = await bench.issue(1);
      await bench.series().publish([], THEN);
      const question = { certificate: certificate.der, at: THEN + MINUTE };
      const zip = await bench.zip(bench.bundles({ tsaUrl: tsa.url }), question);
      await bench.unpack(zip);
      copyFileSync(tsa.certificateFile, join(bench.directory, 'tsa-root.pem'));
      for (const file of ['crl.crl', 'ocsp-response.der']) {
        expect(await bench.command(`openssl ts -verify -data ${file}`)).toContain('Verification: OK');
      }
      expect(await bench.zip(bench.bundles(), question)).toEqual(zip);
    } finally {
      await tsa.stop();
    }
  });

  it('is not given without the timestamps that it should have', async () => {
    const tsa = await TestTsa.start();
    const { url } = tsa;
    await tsa.stop();
    const { certificate } = await bench.issue(1);
    await bench.series().publish([], THEN);
    const asking = bench.bundles({ tsaUrl: url }).files({ certificate: certificate.der, at: THEN + MINUTE });
    await expect(asking).rejects.toThrow(expect.objectContaining({ code: 'timestamp_unavailable' }));
  });
});

describe('there is no evidence', () => {
  let certificate: Certificate;
  beforeEach(async () => {
    ({ certificate } = await bench.issue(1));
    await bench.series().publish([], THEN);
  });

  const refusal = async (question: { der?: Uint8Array; at?: number; authorityId?: string }) => {
    const { der = certificate.der, at = THEN + MINUTE, authorityId } = question;
    const failed = await bench
      .bundles()
      .files({ certificate: der, at, authorityId })
      .catch((error: unknown) => error);
    return (failed as { code?: string }).code;
  };

  it('of a moment before the first CRL, to come, without a CRL in force, or outside the validity', async () => {
    expect(await refusal({ at: THEN - DAY })).toBe('no_crl_then');
    expect(await refusal({ at: Date.UTC(2027, 0, 1) })).toBe('moment_in_future');
    expect(await refusal({ at: THEN + 3 * DAY })).toBe('crl_lapsed_then');
    expect(await refusal({ at: THEN + 200 * DAY })).toBe('certificate_not_valid_then');
  });

  it('of a certificate of others, or one that was never reported, or none at all', async () => {
    const other = await (await createTestCa()).issue({ notBefore: THEN - DAY, notAfter: THEN + DAY });
    expect(await refusal({ der: other.certificate.der })).toBe('authority_unknown');
    expect(await refusal({ der: other.certificate.der, authorityId: 'a' })).toBe('certificate_of_another_authority');
    expect(await refusal({ authorityId: 'b' })).toBe('authority_unknown');
    const secret = await bench.ca.issue({ serialNumber: '40000063', notBefore: THEN - DAY, notAfter: THEN + DAY });
    expect(await refusal({ der: secret.certificate.der })).toBe('certificate_unknown');
    expect(await refusal({ der: Buffer.from('none') })).toBe('malformed_certificate');
  });
});
