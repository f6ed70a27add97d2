import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS } from '@kakunin/event-log';
import { CallersModule } from '@kakunin/callers';
import { DirectoryObjectStore, ObjectStoreModule } from '@kakunin/object-store';
import { CRL_MANIFEST_POINTER, encodeCrlManifest } from '@kakunin/publication';
import { defineConfig, readConfig, type RunningService, type Service, startService } from '@kakunin/runtime';
import { createTestCa, InMemoryEventLog } from '@kakunin/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { withStatusPage } from './index.ts';
import { descriptor, NOW } from './testing/page-fixture.ts';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
const directory = mkdtempSync(join(tmpdir(), 'kakunin-page-'));
const testCertificates = mkdtempSync(join(tmpdir(), 'kakunin-page-certificates-'));

/** A service that has nothing but a store and a listener, for the page to stand beside. */
const config = defineConfig({ service: 'host', prefix: 'HOST_', managementPort: 0, schema: z.object({}) });
const host: Service<typeof config> = {
  name: 'host',
  config,
  listeners: () => [{ name: 'public', host: '127.0.0.1', port: 0 }],
  module: () => ({
    module: class Host {},
    imports: [CallersModule.register(), ObjectStoreModule.register({ url: `file:${directory}` })],
  }),
};

/** Stands for the OCSP responder and the billing meter. */
const answers: Record<string, unknown> = {
  '/status-data': { authorities: [{ authorityId: 'signature-1', asOf: NOW - 3_000 }] },
  '/usage/today': { date: '2026-10-31', checks: { signature: 12, 'user-authentication': 345 } },
};

let sources: Server;
let service: RunningService;
let browser: Browser;
let now = NOW;

beforeAll(async () => {
  sources = createServer((request, response) => {
    response.end(JSON.stringify(answers[request.url ?? '']));
  });
  await new Promise<void>((resolve) => sources.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(sources.address() as AddressInfo).port}`;
  await putTestCertificates();
  const page = withStatusPage(host);
  const environment = {
    KAKUNIN_LOG_LEVEL: 'fatal',
    KAKUNIN_STATUS_PAGE_RESPONDER_URL: url,
    KAKUNIN_STATUS_PAGE_BILLING_URL: url,
    KAKUNIN_STATUS_PAGE_OCSP_URL: 'http://ocsp.example.jp/ocsp',
    KAKUNIN_STATUS_PAGE_TEST_CERTIFICATES_DIRECTORY: testCertificates,
    KAKUNIN_STATUS_PAGE_TIMEOUT_MILLISECONDS: '5000',
  };
  service = await startService(page, {
    config: readConfig(page.config, environment),
    eventLog: new InMemoryEventLog(TOPICS),
    clock: { now: () => now },
  });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
});
afterAll(async () => {
  await browser.close();
  await service.close();
  sources.close();
  for (const one of [directory, testCertificates]) rmSync(one, { recursive: true });
});

/** Also what must not be shown: a key, and a file of another name. */
async function putTestCertificates(): Promise<void> {
  const put = (name: string, text: string): void => writeFileSync(join(testCertificates, name), text);
  const ca = await createTestCa();
  put('a-valid.pem', `${ca.certificatePem}${ca.keyPem}`);
  put('a-revoked.pem', ca.certificatePem);
  put('a-expired.pem', ca.certificatePem);
  put('a-valid.key.pem', ca.keyPem);
}

async function putManifest(): Promise<void> {
  const store = await DirectoryObjectStore.at(directory);
  const staged = await store.stage([encodeCrlManifest({ crls: [descriptor()] })]);
  await staged.publish('crl/manifests/one.json');
  await staged.discard();
  await store.point(CRL_MANIFEST_POINTER, 'crl/manifests/one.json');
}

/** Opens the page as a reader does, and collects what the browser complains of. */
async function look(
  screen: number,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<{ page: Page; complaints: string[] }> {
  // The sources are asked once a second.
  now += 2_000;
  const page = await browser.newPage({
    javaScriptEnabled: false,
    viewport: { width: screen, height: 800 },
    colorScheme,
  });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`http://127.0.0.1:${service.ports['public']}/`);
  return { page, complaints };
}

const text = (page: Page): Promise<string> => page.locator('body').innerText();
/** Evaluated in the browser, where `document` is. */
const background = (page: Page) => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
const width = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth');

describe('the page in a browser', () => {
  it('says that there is no CRL before the first publication', async () => {
    const { page } = await look(1_200);
    expect(await text(page)).toContain('CRL はまだ公開されていません。');
  });

  it('shows CRLs, the age of the status data and the checks of today, in its own style, without complaints', async () => {
    await putManifest();
    const { page, complaints } = await look(1_200);
    const shown = await text(page);
    expect(await page.title()).toBe('電子証明書の失効情報 - Kakunin 確認');
    expect(await page.locator('html').getAttribute('lang')).toBe('ja');
    for (const part of [
      '1234',
      '26,012,345',
      'RSA 2048',
      'JST',
      '利用者証明用 345 件',
      'http://ocsp.example.jp/ocsp',
    ]) {
      expect(shown).toContain(part);
    }
    expect(await background(page)).toBe('rgb(244, 246, 249)');
    expect(await page.getByRole('link', { name: 'CRL をダウンロード' }).getAttribute('href')).toBe(
      '/crl/signature-1.crl',
    );
    expect(await page.getByRole('heading', { level: 3 }).count()).toBe(1);
    expect(complaints.filter((complaint) => !complaint.includes('favicon') && !complaint.includes('404'))).toEqual([]);
  });

  it.each([320, 390, 1_200])('fits a screen of %d pixels', async (screen) => {
    const { page } = await look(screen);
    expect(await width(page)).toBeLessThanOrEqual(screen);
  });

  it('follows the reader into the dark', async () => {
    const { page } = await look(1_200, 'dark');
    expect(await background(page)).toBe('rgb(17, 22, 29)');
  });

  it('renders when its sources answer nonsense, and when they are away', async () => {
    answers['/usage/today'] = { nonsense: true };
    expect(await text((await look(1_200)).page)).toContain('取得できません');
    sources.closeAllConnections();
    await new Promise((resolve) => sources.close(resolve));
    const { page } = await look(1_200);
    expect((await text(page)).match(/取得できません/g)).toHaveLength(3);
    expect(await text(page)).toContain('26,012,345');
  });

  it('lets test certificates be downloaded, and nothing beside them', async () => {
    const { page } = await look(1_200);
    const table = page.locator('section', { hasText: 'テスト用の証明書' }).getByRole('row');
    expect((await table.allInnerTexts()).map((row) => row.split(/\s/)[0])).toEqual([
      '状態',
      '有効',
      '失効',
      '期限切れ',
    ]);
    const get = (file: string) => fetch(`http://127.0.0.1:${service.ports['public']}/test-certificates/${file}`);
    const offered = await (await get('a-valid.pem')).text();
    expect(new X509Certificate(offered).ca).toBe(true);
    expect(offered).not.toContain('PRIVATE KEY');
    for (const file of ['a-valid.key.pem', 'unknown-valid.pem', '..%2fa-valid.pem'])
      expect((await get(file)).status).toBe(404);
  });

  it('answers 304 to who has it, until it changes', async () => {
    const get = (etag = '') =>
      fetch(`http://127.0.0.1:${service.ports['public']}/`, { headers: { 'if-none-match': etag } });
    const first = await get();
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
    await first.text();
    const again = await get(`"other", W/${etag}`);
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    now += 2_000;
    expect((await get(etag)).status).toBe(200);
  });

  it('allows its own style sheet and nothing else', async () => {
    const response = await fetch(`http://127.0.0.1:${service.ports['public']}/`);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    await response.text();
  });
});
