import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Disclosure, type MintedKey, namesInSector } from './names-in-sector.ts';
import { PersonHistory } from './person-history.ts';
import type { PersonRecord } from './person-record.ts';
import { survivorOfMerge } from './survivor.ts';
import { randomRecords } from './testing/random-records.ts';

const NOW = { asOf: 1e9, knownAt: 1e9 };

/** One sector, as the registry would keep it. */
class Sector {
  readonly keys: MintedKey[] = ['ann', 'bob', 'cai', 'eve', 'fay'].map((person, mintedAt) => ({
    keyId: `key of ${person}`,
    person,
    mintedAt,
  }));
  readonly disclosures: Disclosure[] = [];

  names(history: PersonHistory, certificate: string) {
    const view = history.at(NOW);
    const person = view.personOf(certificate);
    if (person === undefined) return undefined;
    return { person, ...namesInSector({ view, person, keys: this.keys, disclosures: this.disclosures }) };
  }

  /** Presents a certificate: the key under which its holder is named. */
  present(history: PersonHistory, certificate: string): string | undefined {
    const names = this.names(history, certificate);
    if (!names) return undefined;
    if (names.keyId === undefined) {
      this.keys.push({ keyId: `key ${this.keys.length}`, person: names.person, mintedAt: this.keys.length });
      return this.present(history, certificate);
    }
    this.disclosures.push({ keyId: names.keyId, certificate, at: this.disclosures.length });
    return names.keyId;
  }
}

const both: PersonRecord[] = ['ann', 'bob'].map((person) => ({
  kind: 'holder_named',
  id: person,
  certificate: person[0]!,
  person,
  effectiveFrom: 0,
  recordedAt: 0,
}));
const apart = PersonHistory.of(both);
const merge = apart.record({
  kind: 'persons_merged',
  id: 'merge',
  survivor: 'ann',
  absorbed: 'bob',
  effectiveFrom: 1,
  recordedAt: 1,
});
const parted = merge.record({ kind: 'retraction', id: 'retraction', retracts: 'merge', recordedAt: 2 });

describe('after a merge', () => {
  it('a sector that knew one of them goes on with that name, for all certificates', () => {
    const sector = new Sector();
    expect(sector.present(apart, 'b')).toBe('key of bob');
    expect(['a', 'b'].map((each) => sector.present(merge, each))).toEqual(['key of bob', 'key of bob']);
  });

  it('a sector that knew neither is given the survivor', () => {
    expect(new Sector().present(merge, 'b')).toBe('key of ann');
    const other = apart.record({ ...merge.records[2]!, survivor: 'bob', absorbed: 'ann' } as PersonRecord);
    expect(['a', 'b'].map((each) => new Sector().present(other, each))).toEqual(['key of bob', 'key of bob']);
  });

  it('a sector that knew both goes on with the first, and is told the other', () => {
    const sector = new Sector();
    sector.present(apart, 'b');
    sector.present(apart, 'a');
    expect(sector.names(merge, 'a')).toEqual({ person: 'ann', keyId: 'key of bob', alsoKnownAs: ['key of ann'] });
  });
});

describe('after a merge that was a mistake', () => {
  it('everybody has the name again that they had before', () => {
    const sector = new Sector();
    const before = ['a', 'b'].map((each) => sector.present(apart, each));
    sector.present(merge, 'b');
    expect(['a', 'b'].map((each) => sector.present(parted, each))).toEqual(before);
  });

  it('a name given meanwhile stays with whom it was given for, and the other is given a fresh one', () => {
    const sector = new Sector();
    expect(sector.present(merge, 'b')).toBe('key of ann');
    expect(sector.present(parted, 'b')).toBe('key of ann');
    expect(sector.names(parted, 'a')?.keyId).toBeUndefined();
    expect(sector.present(parted, 'a')).toBe('key 5');
  });

  it('a name that both used meanwhile is of whom it was minted for', () => {
    const sector = new Sector();
    for (const each of ['b', 'a']) sector.present(merge, each);
    expect(['a', 'b'].map((each) => sector.present(parted, each))).toEqual(['key of ann', 'key of bob']);
  });
});

describe('whatever is merged, split and retracted', () => {
  const steps = fc.array(fc.constantFrom('0', '1', '2', '3', '4', '5'), { minLength: 15, maxLength: 15 });

  it('two persons never have one name, and all certificates of a person give the same', () => {
    fc.assert(
      fc.property(randomRecords, steps, (records, presented) => {
        const sector = new Sector();
        let history = PersonHistory.empty;
        for (const [index, certificate] of presented.entries()) {
          if (records[index]) history = history.record(records[index]);
          sector.present(history, certificate);
          const owners = new Map<string, string>();
          for (const each of ['0', '1', '2', '3', '4', '5']) {
            const names = sector.names(history, each);
            for (const keyId of names ? [names.keyId, ...names.alsoKnownAs] : []) {
              if (keyId !== undefined) expect(owners.get(keyId) ?? names!.person).toBe(names!.person);
              if (keyId !== undefined) owners.set(keyId, names!.person);
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('a name stays while nothing is recorded', () => {
    fc.assert(
      fc.property(randomRecords, steps, (records, presented) => {
        const sector = new Sector();
        const history = PersonHistory.of(records);
        const given = new Map<string, string | undefined>();
        for (const certificate of presented) {
          const name = sector.present(history, certificate);
          expect(given.get(certificate) ?? name).toBe(name);
          given.set(certificate, name);
        }
      }),
      { numRuns: 150 },
    );
  });
});

it('the older person survives', () => {
  const [old, young] = [
    { person: '9', mintedAt: 1 },
    { person: '1', mintedAt: 2 },
  ];
  expect([survivorOfMerge(old!, young!), survivorOfMerge(young!, old!)]).toEqual(['9', '9']);
  expect(survivorOfMerge({ person: '2', mintedAt: 1 }, old!)).toBe('2');
});
