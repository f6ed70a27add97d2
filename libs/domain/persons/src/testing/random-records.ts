import * as fc from 'fast-check';
import { PersonHistory } from '../person-history.ts';
import type { PersonRecord } from '../person-record.ts';

const certificate = fc.constantFrom('0', '1', '2', '3', '4', '5');
const person = fc.constantFrom('ann', 'bob', 'cai');
const pair = fc.tuple(fc.nat(50), fc.nat(10)).map(([effectiveFrom, step]) => ({ effectiveFrom, step }));

const assertion = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('holder_named' as const), certificate, person }) },
  fc.record({ kind: fc.constant('certificate_succeeded' as const), successor: certificate, predecessor: certificate }),
  fc.record({ kind: fc.constant('persons_merged' as const), survivor: person, absorbed: person }),
  fc.record({
    kind: fc.constant('person_split' as const),
    person,
    into: fc.constantFrom('ann', 'eve', 'fay'),
    certificates: fc.uniqueArray(certificate, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('retraction' as const), retracts: fc.nat(14).map(String) }),
);

/** Records that a history takes, in the order in which they were recorded; what it would refuse is left out. */
export const randomRecords: fc.Arbitrary<readonly PersonRecord[]> = fc
  .array(fc.tuple(assertion, pair), { maxLength: 15 })
  .map((drafts) => {
    let history = PersonHistory.empty;
    let recordedAt = 0;
    for (const [index, [draft, { effectiveFrom, step }]] of drafts.entries()) {
      recordedAt += step;
      const record: PersonRecord =
        draft.kind === 'retraction'
          ? { ...draft, id: `${index}`, recordedAt }
          : { ...draft, id: `${index}`, effectiveFrom, recordedAt };
      try {
        history = history.record(record);
      } catch {
        continue;
      }
    }
    return history.records;
  });
