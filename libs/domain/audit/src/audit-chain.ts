import { createHash } from 'node:crypto';
import { AuditError } from './audit-error.ts';
import type { AuditDraft, AuditEntry } from './audit-entry.ts';

/** Where a chain stands: how many entries it has, and the hash over all of them. What an outsider keeps to check later. */
export interface AuditHead {
  readonly size: number;
  /** SHA-256, 32 octets. */
  readonly hash: Uint8Array;
}

/** An entry with the hash over it and all before it. */
export interface ChainedEntry {
  readonly entry: AuditEntry;
  /** SHA-256, 32 octets. */
  readonly hash: Uint8Array;
}

const DOMAIN = 'kakunin audit v1';

export const EMPTY_CHAIN: AuditHead = { size: 0, hash: createHash('sha256').update(DOMAIN).digest() };

/** Appends: one writer at a time, which holds the head locked. */
export function appendEntry(head: AuditHead, draft: AuditDraft): ChainedEntry {
  const entry: AuditEntry = { ...draft, sequence: head.size };
  return { entry, hash: chainHash(head.hash, entry) };
}

export const headOf = ({ entry, hash }: ChainedEntry): AuditHead => ({ size: entry.sequence + 1, hash });

/**
 * Verifies a stretch of a chain: from a head that is trusted (at first {@link EMPTY_CHAIN}) over the entries after it.
 * Whoever kept an earlier head finds any change of what was before it; a log cut short at its end is found by comparing
 * the result with a later head.
 * @returns the head after the last entry
 * @throws AuditError `chain_broken`
 */
export function verifyChain(from: AuditHead, entries: Iterable<ChainedEntry>): AuditHead {
  let head = from;
  for (const chained of entries) {
    const { entry, hash } = chained;
    if (entry.sequence !== head.size || Buffer.compare(hash, chainHash(head.hash, entry)) !== 0) {
      throw new AuditError('chain_broken', `The audit log is not what was written, at sequence ${head.size}.`);
    }
    head = headOf(chained);
  }
  return head;
}

/** Each part is preceded by its length (4 octets, big-endian), so that no two entries give the same octets. */
function chainHash(previous: Uint8Array, entry: AuditEntry): Uint8Array {
  const hash = createHash('sha256');
  const { sequence, at, caller, onBehalfOf = '', action, purpose, outcome, holderTag = '' } = entry;
  for (const part of [previous, `${sequence}`, `${at}`, caller, onBehalfOf, action, purpose, outcome, holderTag]) {
    const octets = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(octets.length);
    hash.update(length).update(octets);
  }
  return hash.digest();
}
