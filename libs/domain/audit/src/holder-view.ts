import { createHmac } from 'node:crypto';
import type { PersonKey } from '@kakunin/linkage';
import type { AuditEntry } from './audit-entry.ts';

/** By which a holder's entries are found again; it comes from the person key, and is gone when that is destroyed. */
export type ViewingKey = Uint8Array & { readonly brand: 'ViewingKey' };

const TAG_OCTETS = 16;

/** @returns 32 octets that tell nothing of the person key, nor of a ppid */
export const viewingKeyOf = (personKey: PersonKey): ViewingKey =>
  createHmac('sha256', personKey).update('kakunin audit view v1').digest() as unknown as ViewingKey;

/**
 * The tag of a holder's entry number `index` (0, 1, 2, …; counted per person key, without a gap). Tags of one holder have
 * nothing in common for who does not have the viewing key, so that the log tells neither who it was nor how often.
 */
export function holderTag(key: ViewingKey, index: number): string {
  const mac = createHmac('sha256', key).update(`${index}`).digest();
  return mac.subarray(0, TAG_OCTETS).toString('hex');
}

/** Finds entries by their tags: one look-up for many. */
export interface TaggedEntries {
  find(holderTags: readonly string[]): Promise<readonly AuditEntry[]>;
}

const PAGE = 64;

/**
 * A holder's own view: all entries about him, oldest first, after he has proven (by a signature over a challenge) that he
 * is who the keys belong to. It takes a look-up for every 64 of his own entries, however long the log is.
 * @param keys of all person keys that are his: after a merge he has several
 */
export async function* holderEntries(keys: readonly ViewingKey[], log: TaggedEntries): AsyncGenerator<AuditEntry> {
  for (const key of keys) {
    for (let from = 0, found = PAGE; found === PAGE; from += PAGE) {
      const tags = Array.from({ length: PAGE }, (_, index) => holderTag(key, from + index));
      const entries = await log.find(tags);
      found = entries.length;
      yield* entries.toSorted((one, other) => one.sequence - other.sequence);
    }
  }
}

/** Verifies on the holder's side that an entry is about him: only an entry of his has one of his tags. */
export const isAboutHolder = (entry: AuditEntry, key: ViewingKey, index: number): boolean =>
  entry.holderTag === holderTag(key, index);
