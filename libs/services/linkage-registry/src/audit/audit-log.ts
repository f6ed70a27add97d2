import { createHash } from 'node:crypto';
import {
  appendEntry,
  type AuditDraft,
  type AuditHead,
  type ChainedEntry,
  EMPTY_CHAIN,
  headOf,
  holderTag,
  type ViewingKey,
} from '@kakunin/audit';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { insertEntries, lockHead, tallyEntries } from './audit.store.ts';

/** What a caller of the registry notes: an entry, and about whom it is. */
export interface AuditNote extends Omit<AuditDraft, 'holderTag'> {
  /** Of the person whom it is about; absent when it is about none in particular. */
  readonly viewingKey?: ViewingKey | undefined;
}

/**
 * The registry's one chain of who asked about whom. Whoever appends holds its head until the transaction ends: so it is
 * the last thing that a transaction does, and what comes often is noted many in one transaction.
 */
@Injectable()
export class AuditLog {
  /** Appends in the caller's transaction: an entry is there when what it tells of is. @returns the entries in their places */
  async append(client: PoolClient, notes: readonly AuditNote[]): Promise<readonly ChainedEntry[]> {
    if (notes.length === 0) return [];
    let head: AuditHead = await lockHead(client, EMPTY_CHAIN);
    const tags = await this.#tags(client, notes);
    const entries = notes.map((note, index) => {
      const chained = appendEntry(head, draftOf(note, tags[index]));
      head = headOf(chained);
      return chained;
    });
    await insertEntries(client, entries, head);
    return entries;
  }

  /** The next tag of each holder; the head is locked, so that nobody else counts at the same time. */
  async #tags(client: PoolClient, notes: readonly AuditNote[]): Promise<readonly (string | undefined)[]> {
    const indexes = notes.map(({ viewingKey }) => viewingKey && holderIndexOf(viewingKey));
    const next = await tallyEntries(
      client,
      indexes.filter((index) => index !== undefined),
    );
    return notes.map(({ viewingKey }, position) => {
      if (!viewingKey) return undefined;
      const name = indexes[position]!;
      const index = next.get(name)!;
      next.set(name, index + 1);
      return holderTag(viewingKey, index);
    });
  }
}

const draftOf = (
  { at, caller, onBehalfOf, action, purpose, outcome }: AuditNote,
  tag: string | undefined,
): AuditDraft => ({
  at,
  caller,
  action,
  purpose,
  outcome,
  ...(onBehalfOf !== undefined && { onBehalfOf }),
  ...(tag !== undefined && { holderTag: tag }),
});

/** Tells nothing of the viewing key, and so neither a tag nor a person. */
const holderIndexOf = (key: ViewingKey): string =>
  createHash('sha256').update('kakunin audit tally v1').update(key).digest('base64');
