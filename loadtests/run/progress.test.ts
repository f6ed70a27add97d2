import { expect, test } from 'vitest';
import { coresOf, rateOf } from './progress.ts';
import type { Sample } from './sampler.ts';

const responder = (second: number, requests: number, refusals = 0): Sample => ({
  second,
  service: 'ocsp-responder',
  metrics: { kakunin_ocsp_requests_total: requests, kakunin_ocsp_refusals_total: refusals },
});

test('the rate is that of the last ten samples', () => {
  const samples = Array.from({ length: 30 }, (_, second) =>
    responder(second, second < 20 ? 0 : 1_200 * second, second),
  );
  expect(rateOf(samples)).toBe('1,200 checks/s, 9 refused');
});

test('gaps and new beginnings are said', () => {
  expect(rateOf([])).toBe('responder: no figures');
  expect(rateOf([responder(1, 5), { second: 2, service: 'ocsp-responder', metrics: {} }])).toBe(
    'responder: no figures',
  );
  expect(rateOf([responder(1, 500), responder(2, 3)])).toBe('responder: started anew');
});

test('the newest cores of each service; generators are one', () => {
  const sample = (service: string, second: number, cores?: number): Sample => ({
    second,
    service,
    metrics: {},
    ...(cores !== undefined && { cores }),
  });
  const samples = [
    sample('a', 1, 0.9),
    sample('k6 1', 1, 0.2),
    sample('k6 2', 1, 0.3),
    sample('a', 2, 0.1),
    sample('a', 3),
  ];
  expect(coresOf(samples)).toBe('a 0.10, k6 0.50');
});
