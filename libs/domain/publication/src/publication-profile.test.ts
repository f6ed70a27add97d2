import { expect, it } from 'vitest';
import { hasPartitions, profileProblems, type PublicationProfile, publicUrl } from './publication-profile.ts';

const profile: PublicationProfile = {
  timing: { period: 1, validity: 1, overlap: 1, debounce: 1, maximumDataAge: 1 },
  publicBaseUrl: 'http://crl.example',
  deltas: true,
  whole: false,
};

it('names partitions and deltas as the public sees them', () => {
  expect(publicUrl(profile, { authorityId: 'a', partition: '13101', kind: 'delta' })).toBe(
    'http://crl.example/crl/a/partitions/13101/delta.crl',
  );
});

it('publishes partitions where the authority has them and there is a URL to name them by', () => {
  expect(hasPartitions({ partitioned: true }, profile)).toBe(true);
  expect(hasPartitions({}, profile)).toBe(false);
  expect(hasPartitions({ partitioned: true }, {})).toBe(false);
});

it('says what needs a URL and has none', () => {
  expect(profileProblems(profile)).toEqual([]);
  const nameless = { ...profile, publicBaseUrl: undefined };
  expect(profileProblems({ ...nameless, whole: true })).toEqual([expect.stringContaining('deltas need publicBaseUrl')]);
  expect(profileProblems({ ...nameless, deltas: false })).toEqual([expect.stringContaining('without the whole CRL')]);
});
