import { expect, test } from 'vitest';
import { compare } from './baseline.ts';
import type { Figure, Summary } from './summary.ts';

const NONE: Summary['requests'] = {
  asked: 0,
  answered: 0,
  refused: 0,
  notModified: 0,
  downloads: 0,
  identifications: 0,
  reported: 0,
  revocations: 0,
  lostRevocations: 0,
  failed: 0,
  wrong: 0,
  failures: {},
  wrongs: {},
};

const summaryOf = (figures: Readonly<Record<string, Figure>>, own: Partial<Summary> = {}): Summary => ({
  campaign: 'smoke',
  verdict: 'passed',
  scale: 1,
  seed: 1,
  startedAt: '2026-11-24T00:00:00.000Z',
  seconds: 30,
  machine: { cores: 2, model: 'a machine', memory: 8e9 },
  objectives: [],
  requests: NONE,
  figures,
  cost: { check: 1, modelled: 1, generator: 1, generatorShare: 0, metering: 1, database: 1, broker: 0 },
  ...own,
});
const less = (value: number): Figure => ({ value, unit: 'ms', better: 'less' });
const more = (value: number): Figure => ({ value, unit: '', better: 'more' });

test.each<[string, readonly [Figure, Figure], string]>([
  ['less is better', [less(100), less(70)], 'better'],
  ['less is worse when more would be better', [more(100), more(70)], 'worse'],
  ['more is worse', [less(100), less(130)], 'worse'],
  ['more is better when more is', [more(100), more(130)], 'better'],
  ['a little is noise', [less(100), less(124)], 'alike'],
  ['in both directions', [less(100), less(81)], 'alike'],
  ['nothing before says nothing', [less(0), less(5)], 'alike'],
])('%s', (_, [before, now], judged) => {
  expect(compare(summaryOf({ it: now }), summaryOf({ it: before }))).toMatchObject([{ name: 'it', judged }]);
});

test('a figure that the earlier run did not have is left out', () => {
  expect(compare(summaryOf({ it: less(1) }), summaryOf({}))).toEqual([]);
});

test.each<Partial<Summary>>([
  { campaign: 'soak' },
  { scale: 0.5 },
  { seconds: 60 },
  { machine: { cores: 4, model: 'a machine', memory: 8e9 } },
  { machine: { cores: 2, model: 'another', memory: 8e9 } },
])('%j cannot be compared', (own) => {
  expect(compare(summaryOf({}), summaryOf({}, own))).toBeUndefined();
});
