import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { Figures } from '../worker/figures.ts';
import { registerPoolMetrics } from './pool-metrics.ts';

const figures = [new Figures(), new Figures()];
const [one, other] = figures as [Figures, Figures];
const signer = { authorityId: 'g1', algorithm: 'ecdsa-p256-sha256', notAfter: 2_000_000 } as const;

async function scrape(): Promise<string> {
  const registry = new Registry();
  const places = [
    { restarts: 0, signerFigures: [signer] },
    { restarts: 2, signerFigures: [signer] },
  ];
  registerPoolMetrics({ figures, places }, registry);
  await registry.metrics();
  return registry.metrics();
}

test('what all workers counted is added up at each scrape, labelled', async () => {
  one.requested('good', 'signature');
  other.requested('good', 'signature');
  other.requested('revoked', 'user-authentication');
  one.refused('malformed_request');
  other.answered('cached');
  one.signingQueue = 3;
  other.signingQueue = 4;
  const text = await scrape();
  expect(text).toContain('kakunin_ocsp_requests_total{outcome="good",class="signature"} 2\n');
  expect(text).toContain('kakunin_ocsp_requests_total{outcome="revoked",class="user-authentication"} 1\n');
  expect(text).toContain('kakunin_ocsp_refusals_total{code="issuer_unknown"} 0\n');
  expect(text).toContain('kakunin_ocsp_refusals_total{code="malformed_request"} 1\n');
  expect(text).toContain('kakunin_ocsp_answers_total{source="cached"} 1\n');
  expect(text).toContain('kakunin_ocsp_signing_queue_requests 7\n');
  expect(text).toContain('kakunin_ocsp_worker_restarts_total{worker="0"} 0\n');
  expect(text).toContain('kakunin_ocsp_worker_restarts_total{worker="1"} 2\n');
  expect(text).toContain('kakunin_ocsp_signer_not_after_seconds{authority="g1",algorithm="ecdsa-p256-sha256"} 2000\n');
});

test('a histogram holds the observations of all workers, each bucket those below it', async () => {
  one.took(0.000_1);
  other.took(0.000_25);
  other.took(0.004);
  one.took(7);
  const text = await scrape();
  for (const line of [
    'bucket{le="0.00025"} 2',
    'bucket{le="0.002"} 2',
    'bucket{le="0.005"} 3',
    'bucket{le="+Inf"} 4',
  ]) {
    expect(text).toContain(`kakunin_ocsp_duration_seconds_${line}\n`);
  }
  expect(text).toContain('# TYPE kakunin_ocsp_duration_seconds histogram\n');
  expect(text).toContain('kakunin_ocsp_duration_seconds_count 4\n');
  expect(text).toMatch(/kakunin_ocsp_duration_seconds_sum 7\.00435\d*\n/);
  expect(text).toContain('kakunin_ocsp_signing_duration_seconds_count 0\n');
});

test('a successor goes on in the same memory', () => {
  const before = one.requests('good', 'signature');
  new Figures(one.memory).requested('good', 'signature');
  expect(one.requests('good', 'signature')).toBe(before + 1);
});
