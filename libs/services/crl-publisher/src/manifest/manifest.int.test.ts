import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningService } from '@kakunin/runtime';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, newest, PublisherBench, revoked, urlOf } from '../testing/publisher-bench.ts';

let postgres: TestDatabases;
let bench: PublisherBench;
let service: RunningService;
beforeAll(async () => {
  postgres = await sharedTestPostgres();
  bench = await PublisherBench.open(postgres);
  service = await bench.start();
  await bench.addAuthority('a');
  await eventually('a CRL', () => newest(service, 'a'));
});
afterAll(async () => {
  await bench.close();
  await postgres.stop();
});

async function octets(path: string): Promise<Buffer> {
  const response = await fetch(urlOf(service, path));
  expect(response.status, path).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

it('openssl verifies the signature of the manifest, with the key that is served', async () => {
  const file = (name: string, content: Uint8Array): string => {
    writeFileSync(join(bench.directory, name), content);
    return join(bench.directory, name);
  };
  const manifest = file('manifest.json', await octets('/crl/manifest.json'));
  const signature = file('manifest.json.sig', await octets('/crl/manifest.json.sig'));
  const key = file('manifest.pub.pem', await octets('/crl/manifest.pub.pem'));
  const verified = ['-verify', '-pubin', '-rawin', '-inkey', key, '-in', manifest, '-sigfile', signature];
  expect(execFileSync('openssl', ['pkeyutl', ...verified]).toString()).toContain('Signature Verified Successfully');
});

it('whoever holds a manifest finds its own signature, however often the newest changes meanwhile', async () => {
  const key = createPublicKey(await octets('/crl/manifest.pub.pem'));
  const seen = new Set<string>();
  for (let serial = 1; serial <= 8; serial += 1) {
    await bench.certify('a', serial.toString(16), { status: revoked() });
    const manifest = await octets('/crl/manifest.json');
    // Another becomes the newest here.
    await eventually('the next CRL', async () => ((await newest(service, 'a'))?.entries ?? 0) >= serial);
    const sha256 = createHash('sha256').update(manifest).digest('hex');
    const signature = await octets(`/crl/manifests/${sha256}.json.sig`);
    expect(verify(null, manifest, key, signature)).toBe(true);
    expect((await octets(`/crl/manifests/${sha256}.json`)).equals(manifest)).toBe(true);
    seen.add(sha256);
  }
  expect(seen.size).toBeGreaterThan(4);
});

it('names the key that signed it', async () => {
  const { signingKey } = JSON.parse((await octets('/crl/manifest.json')).toString());
  const key = createPublicKey(await octets('/crl/manifest.pub.pem')).export({ format: 'der', type: 'spki' });
  expect(signingKey).toBe(createHash('sha256').update(key).digest('hex'));
});

it('does not start without a key, and says how to make one', async () => {
  const file = join(bench.directory, 'none.pem');
  await expect(bench.start({ KAKUNIN_CRL_MANIFEST_KEY_FILE: file }, 'two')).rejects.toThrow(
    'openssl genpkey -algorithm ed25519',
  );
});

it('what is not published beside CRLs is not found', async () => {
  for (const path of ['manifests/none.json.sig', 'a/1.patches.json', 'a/1.json', '..%2fetc', 'a/1.from-0.dcz']) {
    const response = await fetch(urlOf(service, `/crl/${path}`));
    expect(response.status, path).toBe(404);
    await response.arrayBuffer();
  }
});
