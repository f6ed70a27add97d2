import { expect, test } from 'vitest';
import { judge, type Measured } from './objectives.ts';
import { faultless, kept, latency } from './testing/measured.ts';

const missed = (measured: Partial<Measured>): string[] =>
  judge({ ...kept, ...measured })
    .filter(({ met }) => !met)
    .map(({ id }) => id);

const results = (own: Partial<Measured['results']>): Partial<Measured> => ({ results: { ...faultless, ...own } });
const revocations = (own: Partial<Measured['revocations']>): Partial<Measured> => ({
  revocations: { ...kept.revocations, ...own },
});
const charges = (own: Partial<Measured['charges']>): Partial<Measured> => ({ charges: { ...kept.charges, ...own } });
const ocsp = (value: ReturnType<typeof latency> | undefined): Partial<Measured> =>
  results({ latency: { ...faultless.latency, ocsp_duration: value } });
const notModified = (value: ReturnType<typeof latency> | undefined): Partial<Measured> =>
  results({ latency: { ...faultless.latency, crl_not_modified_duration: value } });

const seen = (...delays: number[]) => delays.map((delay, second) => ({ second, delay }));
const grown = (service: string, ratio: number) => ({ service, early: 1_000, late: 1_000 * ratio });

test('what was kept is met', () => {
  expect(missed({})).toEqual([]);
  expect(missed({ memory: [grown('a', 1.1), grown('b', 0.5)] })).toEqual([]);
  expect(missed({ closing: { ok: true, detail: 'closed' } })).toEqual([]);
  expect(missed(revocations({ seen: [], acknowledged: [], expected: false }))).toEqual([]);
  expect(missed(revocations({ repeated: 5 }))).toEqual([]);
});

test.each<[string, Partial<Measured>, string[]]>([
  ['p99 at the limit', ocsp(latency(50, 60)), ['ocsp-p99']],
  ['p99.9 at the limit', ocsp(latency(49, 200)), ['ocsp-p999']],
  ['no answer at all', ocsp(undefined), ['ocsp-p99', 'ocsp-p999']],
  ['a wrong answer', results({ wrong: 1 }), ['wrong-answers']],
  ['a signature that does not verify', { checker: { verified: 9, refused: 1 } }, ['wrong-answers']],
  ['no signature was looked at', { checker: { verified: 0, refused: 0 } }, ['wrong-answers']],
  ['no definite answer', results({ charged: 0 }), ['wrong-answers']],
  ['one request in a thousand failed', results({ counts: { asked: [500, 500], failed: [1, 0] } }), ['errors']],
  ['nothing was asked', results({ counts: { asked: [], failed: [] } }), ['errors']],
  ['a lost charge', charges({ charged: 999 }), ['charges']],
  ['a doubled charge', charges({ charged: 1_001 }), ['charges']],
  ['a meter that says nothing', charges({ charged: undefined }), ['charges']],
  ['nothing to charge', charges({ answered: 0, charged: 0 }), ['charges']],
  ['a late revocation', revocations({ seen: seen(300, 2_001) }), ['revocations']],
  ['a lost revocation', revocations({ lost: 1 }), ['revocations']],
  ['no revocation was seen', revocations({ seen: [] }), ['revocations']],
  ['a revocation never acknowledged', revocations({ unacknowledged: new Map([['no', 1]]) }), ['acknowledgements']],
  ['one acknowledged late', revocations({ acknowledged: seen(20, 2_001) }), ['acknowledgements']],
  ['none acknowledged', revocations({ acknowledged: [] }), ['acknowledgements']],
  ['slow 304s', notModified(latency(20)), ['crl-304']],
  ['no 304', notModified(undefined), ['crl-304']],
  ['a request that k6 could not send', results({ dropped: 1 }), ['dropped']],
  ['memory that grows', { memory: [grown('a', 1), grown('b', 1.11)] }, ['memory']],
  ['memory that was not watched', { memory: [] }, ['memory']],
  ['a month that did not close', { closing: { ok: false, detail: 'open' } }, ['month-closed']],
])('%s', (_, measured, ids) => {
  expect(missed(measured)).toEqual(ids);
});

test('an answer that did not arrive may be charged or not, once', () => {
  for (const charged of [1_000, 1_001, 1_002]) expect(missed(charges({ unanswered: 2, charged }))).toEqual([]);
  for (const charged of [999, 1_003]) expect(missed(charges({ unanswered: 2, charged }))).toEqual(['charges']);
});

test('errors are left out where something was down, and in the window in which it came back', () => {
  const failed = (...windows: number[]): Partial<Measured> =>
    results({ counts: { asked: windows.map(() => 500), failed: windows } });
  // Windows of ten seconds; dead from second 12 to 14, and the window after its return is excused too.
  const outages = [{ victim: 'database', from: 12, to: 14 }];
  expect(missed({ ...failed(0, 9, 9, 0), outages })).toEqual([]);
  expect(missed({ ...failed(1, 9, 0, 0), outages })).toEqual(['errors']);
  expect(missed({ ...failed(0, 9, 0, 1), outages })).toEqual(['errors']);
  expect(missed({ ...failed(0, 9, 9, 0), outages: [] })).toEqual(['errors']);
});

test('wrong answers are never excused', () => {
  const outages = [{ victim: 'database', from: 0, to: 100 }];
  expect(
    missed({ ...results({ wrong: 1, counts: { asked: [500, 500, 500], failed: [0, 0, 0] } }), outages }),
  ).toContain('wrong-answers');
});

test('a revocation that was acknowledged while something was dead may come late, and not be lost', () => {
  const outages = [{ victim: 'event log', from: 12, to: 14 }];
  const at = (second: number, own = {}): string[] =>
    missed({ outages, ...revocations({ seen: [...seen(300), { second, delay: 9_000 }], ...own }) });
  // One acknowledged just before was on its way.
  for (const second of [10.5, 13, 23]) expect(at(second)).toEqual([]);
  for (const second of [9.5, 24.5]) expect(at(second)).toEqual(['revocations']);
  expect(at(13, { lost: 1 })).toEqual(['revocations']);
});

test('a revocation that was sent while something was dead may be acknowledged late; never is too late', () => {
  const outages = [{ victim: 'database', from: 12, to: 14 }];
  const at = (second: number, own = {}): string[] =>
    missed({ outages, ...revocations({ acknowledged: [...seen(20), { second, delay: 9_000 }], ...own }) });
  // One sent just before was on its way.
  for (const second of [4, 13, 23]) expect(at(second)).toEqual([]);
  for (const second of [2, 24.5]) expect(at(second)).toEqual(['acknowledgements']);
  expect(at(13, { unacknowledged: new Map([['no', 1]]) })).toEqual(['acknowledgements']);
});
