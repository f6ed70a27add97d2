import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PersonHistory } from './person-history.ts';
import type { Assertion, Moment, PersonRecord } from './person-record.ts';
import { randomRecords } from './testing/random-records.ts';

const refused = (code: string) => expect.objectContaining({ code });
const named = (certificate: string, person: string, at = 0): Assertion => ({
  kind: 'holder_named',
  id: `${certificate} named`,
  certificate,
  person,
  effectiveFrom: at,
  recordedAt: at,
});
const succeeded = (successor: string, predecessor: string, at: number): Assertion => ({
  kind: 'certificate_succeeded',
  id: `${successor} succeeded`,
  successor,
  predecessor,
  effectiveFrom: at,
  recordedAt: at,
});
const merged = (absorbed: string, survivor: string, effectiveFrom: number): Assertion => ({
  kind: 'persons_merged',
  id: `${absorbed} merged ${effectiveFrom}`,
  absorbed,
  survivor,
  effectiveFrom,
  recordedAt: effectiveFrom,
});
const split = (certificates: string[], [person, into]: [string, string], at: number): Assertion => ({
  kind: 'person_split',
  id: `split ${at}`,
  person,
  into,
  certificates,
  effectiveFrom: at,
  recordedAt: at,
});
const retracted = (retracts: string, recordedAt: number): PersonRecord => ({
  kind: 'retraction',
  id: `${retracts} retracted`,
  retracts,
  recordedAt,
});
const at = (asOf: number, knownAt = asOf): Moment => ({ asOf, knownAt });
const whose = (records: PersonRecord[], certificate: string, moment: Moment) =>
  PersonHistory.of(records).personOf(certificate, moment);

describe('personOf', () => {
  it('follows renewals, and knows nobody before there was somebody', () => {
    const records = [named('card-1', 'ann', 10), succeeded('card-2', 'card-1', 20), succeeded('card-3', 'card-2', 30)];
    expect([9, 10].map((now) => whose(records, 'card-1', at(now)))).toEqual([undefined, 'ann']);
    expect([29, 30].map((now) => whose(records, 'card-3', at(now)))).toEqual([undefined, 'ann']);
    expect(whose(records, 'card-9', at(30))).toBeUndefined();
  });

  it('answers in both times: what was so, and what was known', () => {
    const records = [named('a', 'ann'), named('b', 'bob'), { ...merged('ann', 'bob', 10), recordedAt: 50 }];
    expect(whose(records, 'a', at(20, 49))).toBe('ann');
    expect(whose(records, 'a', at(20, 50))).toBe('bob');
    expect(whose(records, 'a', at(9, 50))).toBe('ann');
  });

  it('follows merges of merged persons, in whatever order', () => {
    const persons = [named('a', 'ann'), named('b', 'bob'), named('c', 'cai')];
    for (const merges of [
      [merged('ann', 'bob', 10), merged('bob', 'cai', 20)],
      [merged('bob', 'cai', 10), merged('ann', 'bob', 20)],
    ]) {
      expect(['a', 'b', 'c'].map((each) => whose([...persons, ...merges], each, at(20)))).toEqual([
        'cai',
        'cai',
        'cai',
      ]);
    }
  });

  it('counts what is named later to the survivor', () => {
    expect(whose([merged('ann', 'bob', 10), named('a', 'ann', 20)], 'a', at(20))).toBe('bob');
  });

  it('takes certificates over in a split, with what succeeds them, and not what they came from', () => {
    const records = [
      named('1', 'ann'),
      succeeded('2', '1', 10),
      succeeded('3', '2', 20),
      split(['2'], ['ann', 'eve'], 30),
      succeeded('4', '3', 40),
    ];
    expect(['1', '2', '3', '4'].map((each) => whose(records, each, at(40)))).toEqual(['ann', 'eve', 'eve', 'eve']);
    expect(whose(records, '3', at(29))).toBe('ann');
  });

  it('takes edges in the order in which they took effect, whenever they were recorded', () => {
    const late = { ...merged('ann', 'bob', 10), recordedAt: 40 };
    const records = [named('a', 'ann'), named('b', 'bob'), split(['a'], ['bob', 'eve'], 20), late];
    expect([19, 20].map((asOf) => whose(records, 'a', at(asOf, 40)))).toEqual(['bob', 'eve']);
    expect(whose(records, 'a', at(20, 39))).toBe('ann');
  });

  it('undoes what is retracted, also what rests on it, and says as before what was known before', () => {
    const records = [
      named('a', 'ann'),
      named('b', 'bob'),
      merged('ann', 'bob', 10),
      split(['a'], ['bob', 'eve'], 20),
      retracted('ann merged 10', 30),
    ];
    expect(whose(records, 'a', at(30))).toBe('ann');
    expect(whose(records, 'a', at(30, 29))).toBe('eve');
  });

  it('never changes what was known at an instant', () => {
    fc.assert(
      fc.property(randomRecords, fc.nat(60), fc.nat(60), (records, asOf, knownAt) => {
        const then = PersonHistory.of(records.filter((each) => each.recordedAt <= knownAt));
        const now = PersonHistory.of(records);
        for (const certificate of ['0', '1', '2', '3', '4', '5']) {
          expect(now.personOf(certificate, { asOf, knownAt })).toBe(then.personOf(certificate, { asOf, knownAt: 1e9 }));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is the same person along every succession that no split cuts', () => {
    fc.assert(
      fc.property(randomRecords, (records) => {
        const splits = new Set(records.map(({ kind, id }) => (kind === 'person_split' ? id : undefined)));
        const history = PersonHistory.of(
          records.filter((each) => !splits.has(each.kind === 'retraction' ? each.retracts : each.id)),
        );
        const view = history.at(at(1e9));
        for (const record of history.records) {
          if (record.kind !== 'certificate_succeeded' || view.predecessorsOf(record.successor).length !== 1) continue;
          const [predecessor] = view.predecessorsOf(record.successor);
          const hasHolder = history.records.some(
            (each) => each.kind === 'holder_named' && each.certificate === record.successor,
          );
          if (!hasHolder) expect(view.personOf(record.successor)).toBe(view.personOf(predecessor!));
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('a history', () => {
  const history = PersonHistory.of([named('a', 'ann', 10), succeeded('b', 'a', 20)]);

  it('takes the same record twice', () => {
    expect(history.record(named('a', 'ann', 10))).toBe(history);
  });

  it.each<[string, PersonRecord]>([
    ['record_differs', { ...named('a', 'ann', 10), person: 'bob' } as PersonRecord],
    ['not_later', named('c', 'ann', 19)],
    ['record_unknown', retracted('nothing', 30)],
    ['record_contradicts', { ...named('a', 'bob', 30), id: 'again' }],
    ['record_contradicts', succeeded('a', 'b', 30)],
    ['record_contradicts', merged('ann', 'ann', 30)],
    ['record_contradicts', split(['a'], ['ann', 'ann'], 30)],
    ['record_contradicts', split([], ['ann', 'bob'], 30)],
  ])('refuses with %s: %j', (code, record) => {
    expect(() => history.record(record)).toThrow(refused(code));
  });

  it('takes back once, and lets it be said anew', () => {
    const without = history.record(retracted('a named', 30));
    expect(() => without.record({ ...retracted('a named', 31), id: 'twice' })).toThrow(refused('record_unknown'));
    const anew = without.record({ ...named('a', 'bob', 40), id: 'anew' });
    expect(anew.personOf('b', at(40))).toBe('bob');
  });
});
