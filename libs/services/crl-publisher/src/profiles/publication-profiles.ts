import { readFileSync } from 'node:fs';
import {
  checkTiming,
  profileProblems,
  PublicationError,
  type PublicationProfile,
  type PublicationTiming,
} from '@kakunin/publication';
import { ConfigError } from '@kakunin/runtime';
import { z } from 'zod';
import { type AuthorityProfile, type ProfilesFile, profilesFileSchema } from './profiles-file.ts';

export interface ProfilesInput {
  /** What the environment says; holds where the file says nothing. */
  readonly timing: PublicationTiming;
  /** Path of the profiles file; undefined: there is none. */
  readonly file: string | undefined;
  /** How long files stay where the file says nothing, milliseconds. */
  readonly filesKept: number;
  readonly now: number;
}

/** How an authority's CRLs are published, and kept. */
export interface AuthorityPublication extends PublicationProfile {
  /** How long the files of a CRL stay after it was published, milliseconds. */
  readonly filesKept: number;
}

const DAY = 86_400_000;

/** How each authority's CRLs are published, as configured; checked at start. */
export class PublicationProfiles {
  readonly #common: AuthorityPublication;
  readonly #profiles: ReadonlyMap<string, AuthorityPublication>;

  private constructor(common: AuthorityPublication, profiles: ReadonlyMap<string, AuthorityPublication>) {
    this.#common = common;
    this.#profiles = profiles;
  }

  /** @throws ConfigError with every rule that is broken, and where */
  static read(input: ProfilesInput): PublicationProfiles {
    const { file, now } = input;
    const { all, authorities } = file === undefined ? { all: {}, authorities: {} } : parse(file);
    const common = profileOf({}, all, input);
    const profiles = new Map(
      Object.entries(authorities).map(([authorityId, own]) => [authorityId, profileOf(own, all, input)]),
    );
    const problems = [
      ...problemsOf('', common, now),
      ...[...profiles].flatMap(([authorityId, profile]) => problemsOf(`authority ${authorityId}: `, profile, now)),
    ];
    if (problems.length > 0) throw new ConfigError('crl-publisher', problems);
    return new PublicationProfiles(common, profiles);
  }

  /** Also of an authority that the file does not name. */
  of(authorityId: string): AuthorityPublication {
    return this.#profiles.get(authorityId) ?? this.#common;
  }
}

function parse(file: string): ProfilesFile {
  const wrong = (problem: string): ConfigError =>
    new ConfigError('crl-publisher', [`KAKUNIN_CRL_PROFILES_FILE (${file}): ${problem}`]);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrong(`cannot be read as JSON: ${(error as Error).message}`);
  }
  const parsed = profilesFileSchema.safeParse(json);
  if (!parsed.success) throw wrong(z.prettifyError(parsed.error));
  return parsed.data;
}

function profileOf(
  own: AuthorityProfile,
  all: AuthorityProfile,
  { timing, filesKept }: Pick<ProfilesInput, 'timing' | 'filesKept'>,
): AuthorityPublication {
  const said = { ...all, ...own };
  const milliseconds = (seconds: number | undefined, otherwise: number): number =>
    seconds === undefined ? otherwise : seconds * 1_000;
  return {
    timing: {
      period: milliseconds(said.periodSeconds, timing.period),
      validity: milliseconds(said.validitySeconds, timing.validity),
      overlap: milliseconds(said.overlapSeconds, timing.overlap),
      debounce: said.revocationDelayMilliseconds ?? timing.debounce,
      maximumDataAge: timing.maximumDataAge,
    },
    publicBaseUrl: said.publicBaseUrl,
    deltas: said.deltas ?? false,
    whole: said.whole ?? true,
    onlyContains: said.onlyContains,
    filesKept: said.filesKeptDays === undefined ? filesKept : said.filesKeptDays * DAY,
    keepsExpiredSince: said.keepsExpiredSince === undefined ? undefined : Date.parse(said.keepsExpiredSince),
  };
}

function problemsOf(where: string, profile: AuthorityPublication, now: number): readonly string[] {
  const problems = profileProblems(profile).map((problem) => `${where}${problem}.`);
  // X.509, 9.5.2.8: what the CRL says of the past.
  if ((profile.keepsExpiredSince ?? 0) > now) problems.push(`${where}keepsExpiredSince lies in the future.`);
  // A delta is made to the file of the last scheduled CRL.
  if (profile.deltas && 2 * profile.timing.period > profile.filesKept) {
    problems.push(
      `${where}with deltas, files must be kept for two periods (filesKeptDays, KAKUNIN_CRL_FILES_KEPT_DAYS).`,
    );
  }
  try {
    checkTiming(profile.timing);
  } catch (error) {
    if (!(error instanceof PublicationError)) throw error;
    problems.push(where + error.message);
  }
  return problems;
}
