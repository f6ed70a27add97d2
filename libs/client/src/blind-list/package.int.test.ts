import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BlindListScene } from '../testing/blind-list-scene.ts';
import { nodes, Project, readmeBlock } from '../testing/installed-package.ts';

/** `nx test` builds the package before this runs. */
let project: Project;
let server: Server;
beforeAll(async () => {
  project = new Project();
  const scene = await BlindListScene.open();
  const { octets, signature } = scene.publish([scene.revoked]);
  project.write('signature-g2.kbl', octets);
  project.write('signature-g2.kbl.sig', signature);
  project.write('signing-key.pem', scene.signingKey);
  project.write('authority.pem', scene.ca.certificatePem);
  project.write('good.pem', scene.good.certificatePem);
  project.write('revoked.pem', scene.revoked.certificatePem);
  project.write('blind.mjs', readmeBlock('`blind.mjs`'));
  server = createServer(({ url = '' }, response) => {
    const file = join(project.folder, url);
    const type = url.endsWith('js') ? 'text/javascript' : 'text/html';
    response.setHeader('content-type', type).end(existsSync(file) && url !== '/' ? readFileSync(file) : '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  project.remove();
  server.close();
});

test.each(nodes())("README's check, on %s", async (node) => {
  expect(await project.run(node, 'blind.mjs', 'good.pem')).toBe('good\n');
  expect(await project.run(node, 'blind.mjs', 'revoked.pem')).toBe('revoked\n');
});

test("openssl verifies the list's signature", async () => {
  const verify = ['pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', 'signing-key.pem'];
  const files = ['-in', 'signature-g2.kbl', '-sigfile', 'signature-g2.kbl.sig'];
  expect(await project.run('openssl', ...verify, ...files)).toBe('Signature Verified Successfully\n');
});

test("README's check in a browser", async () => {
  project.write(
    'browser.mjs',
    readmeBlock('`browser.mjs`').replace(
      "'@kakunin/client/blind-list'",
      "'/node_modules/@kakunin/client/blind-list.js'",
    ),
  );
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const ask =
      "import('/browser.mjs').then(async ({ check }) => [await check('good.pem'), await check('revoked.pem')])";
    expect(await page.evaluate(ask)).toEqual(['good', 'revoked']);
  } finally {
    await browser.close();
  }
});

const CONSUMER = `
import { BlindListClientError, openBlindList, type BlindListCrypto, type BlindListResult } from '@kakunin/client/blind-list';

export async function ask(crypto: BlindListCrypto, octets: Uint8Array, der: Uint8Array): Promise<string> {
  const list = await openBlindList({ full: { octets, signature: octets }, crypto });
  const result: BlindListResult = await list.check({ certificate: der, issuer: der });
  return result.status === 'not_covered' ? result.because : result.status;
}
export const isForged = (error: unknown) => error instanceof BlindListClientError && error.code === 'signature_invalid';
// @ts-expect-error -- there is no such code
export const isNever = (error: BlindListClientError): boolean => error.code === 'no_such_code';
`;

test('its types stand alone, without those of Node', async () => {
  project.write('consumer.ts', CONSUMER);
  const compilerOptions = {
    strict: true,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2022'],
    types: [],
    noEmit: true,
  };
  project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
  const compiler = join(import.meta.dirname, '../../../../node_modules/typescript7/bin/tsc');
  expect(await project.run(process.execPath, compiler, '-p', 'tsconfig.json')).toBe('');
});
