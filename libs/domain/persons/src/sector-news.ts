import { type Disclosure, type MintedKey, namesInSector } from './names-in-sector.ts';
import type { PersonView } from './person-view.ts';

/** What one sector is to be told, by keys of names that it has. */
export type SectorNews =
  /** Its accounts under these names are one person's; the first is given from now on. */
  | { readonly type: 'persons_merged'; readonly keyId: string; readonly alsoKnownAs: readonly string[] }
  /** More than one person was given this name: somebody else may have used the account. */
  | { readonly type: 'person_split'; readonly keyId: string };

export interface SectorChange {
  readonly before: PersonView;
  readonly after: PersonView;
  readonly keys: readonly MintedKey[];
  /** What this one sector was given. */
  readonly disclosures: readonly Disclosure[];
}

/** What a merge, a split or a retraction means to one sector that knows some of the persons; nothing to most. */
export function sectorNews({ before, after, keys, disclosures }: SectorChange): readonly SectorNews[] {
  const known = shownNames(before, keys, disclosures);
  const merged = [...shownNames(after, keys, disclosures)].flatMap(([keyId, alsoKnownAs]): SectorNews[] => {
    const told = new Set([keyId, ...(known.get(keyId) ?? [])]);
    return alsoKnownAs.every((each) => told.has(each)) ? [] : [{ type: 'persons_merged', keyId, alsoKnownAs }];
  });
  const contestedBefore = contestedKeys(before, disclosures);
  const split = [...contestedKeys(after, disclosures)]
    .filter((keyId) => !contestedBefore.has(keyId))
    .map((keyId): SectorNews => ({ type: 'person_split', keyId }));
  return [...merged, ...split];
}

/** Of each person that the sector knows: the name that it is given, and the others that it has. */
function shownNames(
  view: PersonView,
  keys: readonly MintedKey[],
  disclosures: readonly Disclosure[],
): ReadonlyMap<string, readonly string[]> {
  const persons = new Set(disclosures.map(({ certificate }) => view.personOf(certificate)));
  const names = new Map<string, readonly string[]>();
  for (const person of persons) {
    if (person === undefined) continue;
    const { keyId, alsoKnownAs } = namesInSector({ view, person, keys, disclosures });
    if (keyId !== undefined) names.set(keyId, alsoKnownAs);
  }
  return names;
}

/** Keys whose name was given for certificates of more than one person. */
function contestedKeys(view: PersonView, disclosures: readonly Disclosure[]): ReadonlySet<string> {
  const owners = new Map<string, string>();
  const contested = new Set<string>();
  for (const { keyId, certificate } of disclosures) {
    const person = view.personOf(certificate);
    if (person === undefined) continue;
    if ((owners.get(keyId) ?? person) !== person) contested.add(keyId);
    owners.set(keyId, person);
  }
  return contested;
}
