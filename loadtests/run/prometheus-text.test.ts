import { expect, test } from 'vitest';
import { readMetrics } from './prometheus-text.ts';

test('samples of a metric are added up, whatever their labels; buckets are left out', () => {
  const text = `# HELP kakunin_answers_total Answers.
# TYPE kakunin_answers_total counter
kakunin_answers_total{status="good",path="a b"} 3
kakunin_answers_total{status="revoked"} 4 1764000000000
kakunin_age_seconds 1.5e-3
kakunin_wait_seconds_bucket{le="+Inf"} 9
kakunin_wait_seconds_sum 2
kakunin_wait_seconds_count 9
kakunin_unknown NaN
kakunin_endless +Inf

no metric at all
`;
  expect(Object.fromEntries(readMetrics(text))).toEqual({
    kakunin_answers_total: 7,
    kakunin_age_seconds: 0.0015,
    kakunin_wait_seconds_sum: 2,
    kakunin_wait_seconds_count: 9,
  });
});

test('a brace in a label ends no label', () => {
  expect(readMetrics('a{b="}"} 2').get('a')).toBe(2);
});
