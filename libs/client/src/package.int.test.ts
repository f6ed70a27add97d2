import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CrlPublisherScene } from './testing/crl-publisher-scene.ts';
import { ClientScene } from './testing/client-scene.ts';
import { nodes, Project, readmeBlock } from './testing/installed-package.ts';

/** `nx test` builds the package before this runs. */
let project: Project;
let scene: ClientScene;
beforeAll(async () => {
  project = new Project();
  scene = await ClientScene.open();
});
afterAll(async () => {
  project.remove();
  await scene.close();
});

test.each(nodes())("README's first call, on %s", async (node) => {
  scene.server.play(scene.honest());
  const { ca, leaf, tls } = scene;
  project.write('.kakunin/cli.json', JSON.stringify({ ocspMtlsUrl: `${scene.server.url}/ocsp` }));
  project.write('.kakunin/sandbox/relying-parties/sandbox-pf/certificate.pem', tls.certificate);
  project.write('.kakunin/sandbox/relying-parties/sandbox-pf/key.pem', tls.key);
  project.write('.kakunin/tls/ca.pem', tls.authorities);
  project.write('.kakunin/sandbox/certificates/signature-valid.pem', leaf.certificatePem);
  project.write('.kakunin/sandbox/authorities/signature-g2/ca.pem', ca.certificatePem);
  project.write('check.mjs', readmeBlock('`check.mjs`'));
  expect(await project.run(node, 'check.mjs', '.kakunin')).toMatch(/^good 20\d\d-\d\d-\d\dT[\d:]{8}\.000Z\n$/);
  expect(scene.server.seen[0]).toMatchObject({ path: '/ocsp/sandbox-sp-a/signature_verification', caller: 'pf' });
});

test.each(nodes())("README's receipts, on %s", async (node) => {
  const leaf = Buffer.alloc(32, 1).toString('base64');
  const receipt = `ledger="kakunin/test/sandbox-pf", event="${'0'.repeat(32)}/4/2", leaf=:${leaf}:`;
  scene.server.play(async (request) => ({
    ...((await scene.honest()(request)) as object),
    headers: { 'Kakunin-Receipt': receipt },
  }));
  project.write('keep.mjs', readmeBlock('`keep.mjs`'));
  expect(await project.run(node, 'keep.mjs', '.kakunin')).toBe(`${'0'.repeat(32)}/4/2 in kakunin/test/sandbox-pf\n`);
  const kept = project.read('receipts-2026-11.ndjson').trimEnd().split('\n');
  expect(JSON.parse(kept.at(-1)!)).toMatchObject({ ledger: 'kakunin/test/sandbox-pf', recordHash: leaf });
});

const CONSUMER = `
import { OcspClient, OcspClientError, type OcspClientOptions, type StatusResult } from '@kakunin/client';

const options: OcspClientOptions = { url: 'https://ocsp.example/ocsp', crl: { when: 'never', lists: [{ file: 'a' }] } };
export async function holds(certificate: Uint8Array, issuer: string, signal: AbortSignal): Promise<boolean> {
  const result: StatusResult = await new OcspClient(options).checkStatus({ certificate, issuer, signal });
  if (result.status === 'revoked') return result.revocationTime > 0 && result.reason === 'certificateHold';
  return result.source === 'ocsp' ? result.producedAt > 0 : result.insteadOf.code === 'unreachable';
}
export const isAway = (error: unknown): boolean => error instanceof OcspClientError && error.code === 'timed_out';
// @ts-expect-error -- there is no such code
export const isNever = (error: OcspClientError): boolean => error.code === 'no_such_code';
`;

test('its types stand alone', async () => {
  project.write('consumer.ts', CONSUMER);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: [],
    skipLibCheck: false,
    noEmit: true,
  };
  project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
  const compiler = join(import.meta.dirname, '../../../node_modules/typescript7/bin/tsc');
  expect(await project.run(process.execPath, compiler, '-p', 'tsconfig.json')).toBe('');
});

test('it can be published: licence, README, and no dependencies', () => {
  const manifest = JSON.parse(project.read('node_modules/@kakunin/client/package.json')) as object;
  expect(manifest).toMatchObject({ name: '@kakunin/client', license: 'Apache-2.0', engines: { node: '>=20.12' } });
  for (const absent of ['private', 'dependencies', 'devDependencies']) expect(manifest).not.toHaveProperty(absent);
  expect(project.read('node_modules/@kakunin/client/LICENSE')).toContain('Apache License');
  expect(project.read('node_modules/@kakunin/client/README.md')).toContain('## A first call');
});

test.each(nodes())("README's copy of CRLs, on %s", async (node) => {
  const publisher = await CrlPublisherScene.open();
  const der = await publisher.publish({ authorityId: 'signature-g2' });
  project.write('manifest.pub.pem', publisher.manifestKey);
  project.write('authority.pem', publisher.ca.certificatePem);
  project.write('sync.mjs', readmeBlock('`sync.mjs`'));
  const folder = new URL(publisher.url);
  expect(await project.run(node, 'sync.mjs', folder.href)).toMatch(/^signature-g2\.crl 1 (downloaded|current)\n$/);
  const next = await publisher.publish({ authorityId: 'signature-g2', entries: 301 });
  // An older Node knows no dictionaries.
  expect(await project.run(node, 'sync.mjs', folder.href)).toMatch(/^signature-g2\.crl 2 (patched|downloaded)\n$/);
  expect(next.length).toBeGreaterThan(der.length);
  rmSync(join(project.folder, 'crls'), { recursive: true });
  await publisher.close();
});
