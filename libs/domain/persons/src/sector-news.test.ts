import { describe, expect, it } from 'vitest';
import type { Disclosure, MintedKey } from './names-in-sector.ts';
import { PersonHistory } from './person-history.ts';
import type { PersonView } from './person-view.ts';
import { sectorNews } from './sector-news.ts';

const NOW = { asOf: 100, knownAt: 100 };
const keys: readonly MintedKey[] = ['ann', 'bob'].map((person, mintedAt) => ({ keyId: person, person, mintedAt }));
const apart = PersonHistory.of(
  ['ann', 'bob'].map((person) => ({
    kind: 'holder_named',
    id: person,
    certificate: person[0]!,
    person,
    effectiveFrom: 0,
    recordedAt: 0,
  })),
);
const merged = apart.record({
  kind: 'persons_merged',
  id: 'merge',
  survivor: 'ann',
  absorbed: 'bob',
  effectiveFrom: 1,
  recordedAt: 1,
});
const parted = merged.record({ kind: 'retraction', id: 'retraction', retracts: 'merge', recordedAt: 2 });
const given = (keyId: string, certificate: string, at: number): Disclosure => ({ keyId, certificate, at });
const told = (before: PersonHistory, after: PersonHistory, disclosures: readonly Disclosure[]) => {
  const [one, other] = [before, after].map((each): PersonView => each.at(NOW));
  return sectorNews({ before: one!, after: other!, keys, disclosures });
};

describe('a merge', () => {
  it('is told to who knew both, with the name that counts from now on', () => {
    expect(told(apart, merged, [given('bob', 'b', 1), given('ann', 'a', 2)])).toEqual([
      { type: 'persons_merged', keyId: 'bob', alsoKnownAs: ['ann'] },
    ]);
  });

  it('is none of the business of who knew one, or nobody', () => {
    expect(told(apart, merged, [given('bob', 'b', 1)])).toEqual([]);
    expect(told(apart, merged, [])).toEqual([]);
  });

  it('is told once', () => {
    expect(told(merged, merged, [given('bob', 'b', 1), given('ann', 'a', 2)])).toEqual([]);
  });
});

describe('a merge that is taken back', () => {
  it('is told to who gave one account to both meanwhile', () => {
    expect(told(merged, parted, [given('ann', 'b', 1), given('ann', 'a', 2)])).toEqual([
      { type: 'person_split', keyId: 'ann' },
    ]);
  });

  it('is none of the business of others', () => {
    expect(told(merged, parted, [given('ann', 'b', 1)])).toEqual([]);
    expect(told(merged, parted, [given('bob', 'b', 1), given('ann', 'a', 2)])).toEqual([]);
  });
});
