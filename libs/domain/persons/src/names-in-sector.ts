import type { CertificateId, PersonId } from './person-record.ts';
import type { PersonView } from './person-view.ts';

/** A key that names are derived from. Most persons have one; a split may make another necessary. */
export interface MintedKey {
  readonly keyId: string;
  /** For whom it was minted. */
  readonly person: PersonId;
  /** Epoch ms. */
  readonly mintedAt: number;
}

/** A sector was given the name under a key, when a certificate was presented. Append-only, the first of each kind. */
export interface Disclosure {
  readonly keyId: string;
  readonly certificate: CertificateId;
  /** Epoch ms. */
  readonly at: number;
}

export interface SectorQuestion {
  readonly view: PersonView;
  readonly person: PersonId;
  /** Keys that exist (a destroyed one is not among them) of all persons that the disclosures or merges concern. */
  readonly keys: readonly MintedKey[];
  /** What this one sector was given under those keys. */
  readonly disclosures: readonly Disclosure[];
}

/** Keys of the names of one person in one sector. */
export interface SectorNames {
  /** Under which the person is named there; undefined: mint a key for this person, and ask again. */
  readonly keyId: string | undefined;
  /** Keys of other names under which the sector knows the person already: after a merge it had two accounts. */
  readonly alsoKnownAs: readonly string[];
}

/**
 * Under which key a sector is given the name of a person, so that names stay right when persons are merged and split:
 *
 * - A name that a sector was given first stays: the key of an absorbed person is an alias, and whoever had its name is
 *   still given it. A sector that knows neither is given the survivor's.
 * - A name is of one person at a time. In a sector it goes with the certificates through which it was given: when a split
 *   or a retraction shows that all of them are another's, then the name is that other's there, as the account behind it
 *   is. When both persons presented theirs, the one for whom the key was minted keeps it, and the sector has to be told.
 * - Who is left without a name in the sector gets one under a key that nobody is known by there, minted if need be.
 */
export function namesInSector({ view, person, keys, disclosures }: SectorQuestion): SectorNames {
  const own = keys
    .map((key) => ({ key, given: disclosures.filter(({ keyId }) => keyId === key.keyId).sort(byTime) }))
    .filter(({ key, given }) => ownerInSector(view, key, given) === person)
    .sort((one, other) => byAge(one.key, other.key));
  const [first, ...others] = own
    .flatMap(({ key: { keyId }, given }) => given.slice(0, 1).map(({ at }) => ({ keyId, at })))
    .sort(byTime);
  const unused = own.filter(({ given }) => given.length === 0).map(({ key }) => key);
  const fresh = unused.find((key) => key.person === person) ?? unused[0];
  return { keyId: first?.keyId ?? fresh?.keyId, alsoKnownAs: others.map(({ keyId }) => keyId) };
}

/** Whose name the key makes in the sector that was given it so. */
function ownerInSector(view: PersonView, key: MintedKey, given: readonly Disclosure[]): PersonId {
  const minted = view.survivorOf(key.person);
  const persons = given.map(({ certificate }) => view.personOf(certificate)).filter((each) => each !== undefined);
  return persons.length === 0 || persons.includes(minted) ? minted : persons[0]!;
}

const byTime = (one: { readonly at: number }, other: { readonly at: number }): number => one.at - other.at;
const byAge = (one: MintedKey, other: MintedKey): number =>
  one.mintedAt - other.mintedAt || (one.keyId < other.keyId ? -1 : 1);
