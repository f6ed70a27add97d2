import type { RunningService } from '@kakunin/runtime';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTime, newest, PublisherBench, revoked, urlOf } from '../testing/publisher-bench.ts';

let postgres: TestDatabases;
let bench: PublisherBench;
let service: RunningService;
let browser: Browser;
beforeAll(async () => {
  postgres = await sharedTestPostgres();
  bench = await PublisherBench.open(postgres);
  service = await bench.start();
  await bench.addAuthority('a');
  for (let serial = 1; serial <= 200; serial += 1) {
    await bench.certify('a', serial.toString(16), { status: revoked() });
  }
  await patchedWith(200);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
});
afterAll(async () => {
  await browser.close();
  await bench.close();
  await postgres.stop();
});

const patchedWith = (entries: number) =>
  inTime('a CRL with patches', async () => {
    const crl = await newest(service, 'a');
    return crl?.entries === entries && crl.patches && crl;
  });

/** What the browser gets, and in how many octets. */
const load = (page: Page, path: string): Promise<{ sha256: string; transferred: number }> =>
  page.evaluate(
    async (url) => {
      const octets = await (await fetch(url)).arrayBuffer();
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', octets));
      const entry = performance.getEntriesByName(url).at(-1) as unknown as { encodedBodySize: number };
      return {
        sha256: Array.from(hash, (octet) => octet.toString(16).padStart(2, '0')).join(''),
        transferred: entry.encodedBodySize,
      };
    },
    urlOf(service, path).replace('127.0.0.1', 'localhost'),
  );

it('Chromium that has a version of a CRL gets the next one as a patch, by itself', async () => {
  const page = await browser.newPage();
  // A secure context, as dictionaries need.
  await page.goto(urlOf(service, '/crl/manifest.json').replace('127.0.0.1', 'localhost'));
  const old = await newest(service, 'a');
  await load(page, old?.immutableUrl ?? '');
  await bench.certify('a', '201', { status: revoked() });
  const next = await patchedWith(201);
  const { sha256, transferred } = await load(page, next.url);
  expect(sha256).toBe(next.sha256);
  expect(next.patches?.map(({ bytes }) => bytes)).toContain(transferred);
});
