import { expect, test } from 'vitest';
import { type K6Summary, mergeResults, readResults } from './results.ts';

const trend = (count: number, most: number) => ({
  values: { count, avg: 1, 'p(50)': 1, 'p(95)': 2, 'p(99)': most - 1, 'p(99.9)': most - 0.5, max: most },
});
const counter = (count: number) => ({ values: { count, rate: 1 } });

const one: K6Summary = {
  metrics: {
    asked: counter(30),
    'asked{window:0}': counter(10),
    'asked{window:1}': counter(8),
    // k6 has no order that it keeps.
    'asked{window:10}': counter(5),
    'asked{window:2}': counter(7),
    failed: counter(2),
    'failed{why:tryLater}': counter(2),
    'failed{window:0}': counter(2),
    wrong_answers: counter(1),
    'wrong_answers{what:nonce}': counter(1),
    charged_answers: counter(20),
    reported_events: counter(100),
    refused: counter(3),
    dropped_iterations: counter(4),
    crl_octets: counter(500),
    ocsp_duration: trend(20, 9),
    'ocsp_duration{window:0}': trend(20, 9),
    'ocsp_duration{window:1}': trend(0, 0),
    identification_duration: trend(3, 5),
  },
};
const other: K6Summary = {
  metrics: {
    asked: counter(5),
    'asked{window:0}': counter(5),
    charged_answers: counter(5),
    ocsp_duration: trend(5, 30),
    'ocsp_duration{window:0}': trend(5, 30),
    'ocsp_duration{window:1}': trend(1, 4),
  },
};

test('reads what k6 wrote; windows in the order of time', () => {
  const results = readResults(one);
  expect(results).toMatchObject({ asked: 30, charged: 20, reported: 100, refused: 3, dropped: 4, crlOctets: 500 });
  expect(results.counts.asked).toEqual([10, 8, 7, 5]);
  expect(results.failures.tryLater).toBe(2);
  expect(results.wrongs.nonce).toBe(1);
  expect(results.latency.ocsp_duration).toEqual({ count: 20, p50: 1, p95: 2, p99: 8, p999: 8.5, max: 9 });
  expect(results.windows.ocsp_duration[1]).toBeUndefined();
});

test('what no metric says is nothing', () => {
  const results = readResults({ metrics: {} });
  expect(results).toMatchObject({ asked: 0, charged: 0, failed: 0, wrong: 0, dropped: 0 });
  expect(results.latency.ocsp_duration).toBeUndefined();
});

test('several as one: counts are added, of percentiles the worst stands', () => {
  const both = mergeResults([readResults(one), readResults(other)]);
  expect(both).toMatchObject({
    asked: 35,
    charged: 25,
    reported: 100,
    failed: 2,
    wrong: 1,
    dropped: 4,
  });
  expect(both.counts.asked).toEqual([15, 8, 7, 5]);
  expect(both.failures.tryLater).toBe(2);
  expect(both.latency.ocsp_duration).toMatchObject({ count: 25, p99: 29, max: 30 });
  expect(both.latency.identification_duration).toMatchObject({ count: 3 });
  expect(both.windows.ocsp_duration).toEqual([
    { count: 25, p50: 1, p95: 2, p99: 29, p999: 29.5, max: 30 },
    { count: 1, p50: 1, p95: 2, p99: 3, p999: 3.5, max: 4 },
  ]);
});

test('it does not matter which comes first', () => {
  const [left, right] = [readResults(one), readResults(other)];
  expect(mergeResults([left, right])).toEqual(mergeResults([right, left]));
  expect(mergeResults([left])).toEqual(left);
  expect(() => mergeResults([])).toThrow(RangeError);
});
