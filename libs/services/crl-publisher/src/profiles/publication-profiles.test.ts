import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@kakunin/runtime';
import { afterAll, expect, it } from 'vitest';
import { PublicationProfiles } from './publication-profiles.ts';

const HOUR = 3_600_000;
const timing = { period: HOUR, validity: 24 * HOUR, overlap: 12 * HOUR, debounce: 2_000, maximumDataAge: 60_000 };
const directory = mkdtempSync(join(tmpdir(), 'kakunin-profiles-'));
afterAll(() => rmSync(directory, { recursive: true }));

function read(profiles: unknown): PublicationProfiles {
  const file = join(directory, 'profiles.json');
  writeFileSync(file, typeof profiles === 'string' ? profiles : JSON.stringify(profiles));
  return PublicationProfiles.read({ timing, file, filesKept: 24 * HOUR, now: Date.UTC(2026, 10, 23) });
}

it('is as the environment says where there is no file', () => {
  const profiles = PublicationProfiles.read({ timing, file: undefined, filesKept: HOUR, now: 0 });
  expect(profiles.of('a')).toMatchObject({ timing, deltas: false, whole: true });
});

it('takes from an authority, then from what is said of all, then from the environment', () => {
  const publicBaseUrl = 'http://crl.example';
  const profiles = read({
    all: { publicBaseUrl, deltas: true, periodSeconds: 600 },
    authorities: {
      a: {
        deltas: false,
        filesKeptDays: 3_650,
        revocationDelayMilliseconds: 500,
        keepsExpiredSince: '2026-01-01T00:00:00+09:00',
      },
    },
  });
  expect(profiles.of('other')).toMatchObject({ publicBaseUrl, deltas: true, timing: { ...timing, period: 600_000 } });
  expect(profiles.of('other').filesKept).toBe(24 * HOUR);
  expect(profiles.of('a')).toMatchObject({
    publicBaseUrl,
    deltas: false,
    filesKept: 3_650 * 24 * HOUR,
    keepsExpiredSince: Date.UTC(2025, 11, 31, 15),
    timing: { period: 600_000, debounce: 500 },
  });
});

it.each<[string, unknown, string]>([
  ['what is no JSON', '{', 'cannot be read as JSON'],
  ['an option that there is not', { all: { period: 3 } }, 'Unrecognized key: "period"'],
  ['a name that no authority has', { authorities: { 'A b': {} } }, 'authorities'],
  ['a base URL with a slash', { all: { publicBaseUrl: 'http://crl.example/' } }, 'without a slash'],
  ['deltas that nobody can name', { all: { deltas: true } }, 'deltas need publicBaseUrl'],
  [
    'partitions only, that nobody can name',
    { authorities: { a: { whole: false } } },
    'authority a: without the whole CRL',
  ],
  [
    'a CRL that lapses early',
    { authorities: { a: { validitySeconds: 3_600 } } },
    'authority a: CRL timing: the validity',
  ],
  ['a delay that outlasts the period', { all: { periodSeconds: 1 } }, 'must be shorter than the period'],
  [
    'deltas to files that are gone',
    { all: { publicBaseUrl: 'http://crl.example', deltas: true, periodSeconds: 50_000, validitySeconds: 400_000 } },
    'files must be kept for two periods',
  ],
  ['what expired in the future', { all: { keepsExpiredSince: '2027-01-01T00:00:00Z' } }, 'lies in the future'],
])('refuses %s', (_what, profiles, problem) => {
  expect(() => read(profiles)).toThrow(ConfigError);
  expect(() => read(profiles)).toThrow(problem);
});

it('says all that is wrong at once', () => {
  expect(() => read({ authorities: { a: { deltas: true }, b: { whole: false } } })).toThrow(
    /authority a: deltas[^]*authority b: without/,
  );
});
