import { SectorsError } from './sectors-error.ts';

/** When one version of a sector's key makes its names. The key itself is kept elsewhere, by sector and version. */
export interface SectorKeyVersion {
  /** 1, 2, 3, … */
  readonly version: number;
  /** From when on its name is the name, epoch ms. */
  readonly currentFrom: number;
  /** Until when its name is given beside the next one's, epoch ms; absent as long as it is the newest. */
  readonly givenUntil?: number;
}

/** The versions of a sector, oldest first. */
export type SectorKeys = readonly [SectorKeyVersion, ...SectorKeyVersion[]];

export const newSectorKeys = (now: number): SectorKeys => [{ version: 1, currentFrom: now }];

/** Under which versions a person is named now. */
export interface GivenVersions {
  readonly current: number;
  /** Within the window of a rotation: the name before, so that a service finds the account that it has. */
  readonly previous?: number;
}

/** @param now before the sector's first version, that one counts */
export function versionsGivenAt(keys: SectorKeys, now: number): GivenVersions {
  const current = keys.findLast(({ currentFrom }) => currentFrom <= now) ?? keys[0];
  const previous = keys.find(({ version }) => version === current.version - 1);
  if (previous?.givenUntil === undefined || now >= previous.givenUntil) return { current: current.version };
  return { current: current.version, previous: previous.version };
}

/**
 * Plans the next version: its names count from `from` on, and until `windowEndsAt` the old ones are given as well.
 * @throws SectorsError `rotation_invalid`
 */
export function rotateSectorKey(
  keys: SectorKeys,
  { from, windowEndsAt, now }: { readonly from: number; readonly windowEndsAt: number; readonly now: number },
): SectorKeys {
  if (from < now || windowEndsAt <= from) {
    throw new SectorsError('rotation_invalid', 'A rotation begins now or later, and ends after it has begun.');
  }
  if ((keys.at(-2)?.givenUntil ?? now) > now) {
    throw new SectorsError(
      'rotation_invalid',
      'Another rotation of this sector is under way: wait until it has ended.',
    );
  }
  const newest = keys.at(-1)!;
  const next = { version: newest.version + 1, currentFrom: from };
  return [...keys.slice(0, -1), { ...newest, givenUntil: windowEndsAt }, next] as unknown as SectorKeys;
}

/** Versions whose names are given no more: their keys can be destroyed, once the maps to the next are handed over. */
export const versionsToDestroy = (keys: SectorKeys, now: number): readonly number[] =>
  keys.filter(({ givenUntil }) => givenUntil !== undefined && givenUntil <= now).map(({ version }) => version);
