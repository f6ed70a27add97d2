import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { createSoftHsm } from '@kakunin/testing/soft-hsm';
import { eventually, metric, newest, PublisherBench, readyz, revoked, urlOf } from './testing/publisher-bench.ts';
import type { RunningService } from '@kakunin/runtime';

let postgres: TestDatabases;
let bench: PublisherBench;
let service: RunningService;
beforeAll(async () => {
  postgres = await sharedTestPostgres();
  bench = await PublisherBench.open(postgres);
  service = await bench.start();
});
afterAll(async () => {
  await bench.close();
  await postgres.stop();
});

const published = (authorityId: string, what: (entries: number, number: bigint) => boolean) =>
  eventually(`a CRL of ${authorityId}`, async () => {
    const crl = await newest(service, authorityId);
    return crl && what(crl.entries, crl.crlNumber) ? crl : undefined;
  });

/** What the real openssl sees in a CRL. */
async function openssl(url: string, issuerPem: string): Promise<string> {
  const crlFile = join(bench.directory, 'check.crl');
  const caFile = join(bench.directory, 'check.pem');
  writeFileSync(crlFile, Buffer.from(await (await fetch(url)).arrayBuffer()));
  writeFileSync(caFile, issuerPem);
  const command = ['crl', '-inform', 'DER', '-in', crlFile, '-CAfile', caFile, '-noout', '-text'];
  return execFileSync('openssl', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

describe('crl-publisher', () => {
  it('publishes an empty CRL for an authority without revocations, and says so in /readyz', async () => {
    const ca = await bench.addAuthority('empty');
    const crl = await published('empty', () => true);
    expect(crl).toMatchObject({ crlNumber: 1n, entries: 0, scheduled: true, keyAlgorithm: 'EC P-256' });
    expect(await openssl(urlOf(service, crl.url), ca.certificatePem)).toContain('No Revoked Certificates.');
    await eventually('green', async () => (await readyz(service)).includes('\nready'));
  });

  it('shows a revocation and a hold, and lets the hold go when it is released', async () => {
    const ca = await bench.addAuthority('alive');
    await bench.certify('alive', '1');
    await bench.certify('alive', '2');
    await bench.certify('alive', '3');
    const first = await published('alive', () => true);
    await bench.certify('alive', '2', { status: revoked() });
    await bench.certify('alive', '3', { status: revoked('certificateHold') });
    const second = await published('alive', (entries) => entries === 2);
    expect(second.crlNumber).toBeGreaterThan(first.crlNumber);
    expect(second.scheduled).toBe(false);
    expect(second.nextPublication).toBe(first.nextPublication);
    const seen = await openssl(urlOf(service, second.url), ca.certificatePem);
    expect(seen).toContain('Key Compromise');
    expect(seen).toContain('Certificate Hold');
    await bench.certify('alive', '3');
    const third = await published('alive', (entries, number) => entries === 1 && number > second.crlNumber);
    expect(await openssl(urlOf(service, third.url), ca.certificatePem)).not.toContain('Certificate Hold');
  });

  it('makes no new CRL when nothing in it would change', async () => {
    await bench.addAuthority('still');
    const first = await published('still', () => true);
    await bench.certify('still', '1');
    await bench.addAuthority('still-marker');
    await published('still-marker', () => true);
    expect((await newest(service, 'still'))?.crlNumber).toBe(first.crlNumber);
  });

  it('publishes for others while one authority has no signer or a wrong one, and picks a signer up without a restart', async () => {
    const ca = await bench.addAuthority('unsigned', { withSigner: false });
    await eventually('red', async () => (await readyz(service)).includes('unsigned: there is no signing key'));
    bench.putSigner('unsigned', await bench.addAuthority('signed'));
    await published('signed', () => true);
    await eventually('red', async () =>
      (await readyz(service)).includes("unsigned: the signing key is not the authority's"),
    );
    expect(await newest(service, 'unsigned')).toBeUndefined();
    expect(
      await metric(service, 'kakunin_crl_publication_failures_total{authority="unsigned",reason="signer_missing"}'),
    ).toBeGreaterThan(0);
    bench.putSigner('unsigned', ca);
    await published('unsigned', () => true);
    await eventually('green', async () => (await readyz(service)).includes('\nready'));
  });

  it('stops for an authority whose event could not be applied, and goes on when that is resolved', async () => {
    await bench.addAuthority('poisoned');
    await bench.certify('poisoned', '1', { status: revoked() });
    const first = await published('poisoned', (entries) => entries === 1);
    await bench.say('poisoned', { type: 'nonsense' });
    await eventually('red', async () => (await readyz(service)).includes('poisoned: an event could not be applied'));
    await bench.certify('poisoned', '2', { status: revoked() });
    expect((await newest(service, 'poisoned'))?.crlNumber).toBe(first.crlNumber);
    const blocked = /Authority poisoned is blocked by partition (\d+) offset (\d+)/.exec(await readyz(service));
    await bench.say('poisoned', {
      type: 'dead_letter_resolved',
      authorityId: 'poisoned',
      partition: Number(blocked?.[1]),
      offset: blocked?.[2],
      note: 'test',
    });
    await published('poisoned', (entries) => entries === 2);
  });

  it('keeps the manifest true to the files', async () => {
    await bench.addAuthority('listed');
    const crl = await published('listed', () => true);
    for (const path of [crl.url, crl.immutableUrl]) {
      const bytes = Buffer.from(await (await fetch(urlOf(service, path))).arrayBuffer());
      expect(bytes.length).toBe(crl.bytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(crl.sha256);
    }
    expect(await metric(service, 'kakunin_crl_size_bytes{authority="listed",scope="whole"}')).toBe(crl.bytes);
  });

  it('signs with a key that lies in a PKCS#11 token', async () => {
    const hsm = await createSoftHsm();
    try {
      const ca = await bench.addAuthority('token', { withSigner: false });
      await hsm.importKey(ca.privateKey, 'crl');
      const folder = join(bench.directory, 'signers', 'token');
      mkdirSync(folder, { recursive: true });
      const { module, tokenLabel, pinFile } = hsm;
      const pkcs11 = { module, tokenLabel, pinFile, keyLabel: 'crl', timeLimitMs: 20_000 };
      writeFileSync(join(folder, 'pkcs11.json'), JSON.stringify(pkcs11));
      writeFileSync(join(folder, 'certificate.pem'), ca.certificatePem);
      await bench.certify('token', '1', { status: revoked() });
      const crl = await published('token', (entries) => entries === 1);
      expect(await openssl(urlOf(service, crl.url), ca.certificatePem)).toContain('Serial Number: 01');
    } finally {
      await hsm.remove();
    }
  });
});
