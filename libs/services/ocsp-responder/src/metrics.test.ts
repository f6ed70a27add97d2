import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { OcspMetrics } from './metrics.ts';

test('counts are handed over at each scrape, labelled', async () => {
  const registry = new Registry();
  const metrics = new OcspMetrics(registry);
  metrics.requested('good', 'signature');
  metrics.requested('good', 'signature');
  metrics.requested('revoked', 'user-authentication');
  metrics.refused('malformed_request');
  metrics.answered('cached');
  metrics.took(0.0001);
  await registry.metrics();
  const text = await registry.metrics();
  expect(text).toContain('kakunin_ocsp_requests_total{outcome="good",class="signature"} 2');
  expect(text).toContain('kakunin_ocsp_requests_total{outcome="revoked",class="user-authentication"} 1');
  expect(text).toContain('kakunin_ocsp_refusals_total{code="malformed_request"} 1');
  expect(text).toContain('kakunin_ocsp_answers_total{source="cached"} 1');
  expect(text).toContain('kakunin_ocsp_duration_seconds_bucket{le="0.00025"} 1');
});
