import type { PersonId } from './person-record.ts';

/** A person as it was minted. */
export interface MintedPerson {
  readonly person: PersonId;
  /** Epoch ms. */
  readonly mintedAt: number;
}

/**
 * Which of two persons survives a merge: the older, as more services know it by its names; of two minted at one instant,
 * the smaller id. It decides the name at services that know neither; those that know one keep the name that they have
 * (see {@link namesInSector}), so nobody loses an account by it.
 */
export const survivorOfMerge = (one: MintedPerson, other: MintedPerson): PersonId =>
  (one.mintedAt - other.mintedAt || (one.person < other.person ? -1 : 1)) < 0 ? one.person : other.person;
