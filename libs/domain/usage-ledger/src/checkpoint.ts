import { LedgerError } from './ledger-error.ts';
import type { NoteSigner, NoteVerifier } from './note-key.ts';
import { openNote, signNote } from './signed-note.ts';
import { HASH_OCTETS } from './tree-hash.ts';

/** Which tree is meant: all its leaves follow from its root. */
export interface TreeHead {
  /** Leaves. */
  readonly size: number;
  readonly root: Uint8Array;
}

/** A tree head as its ledger signs it (C2SP tlog-checkpoint). */
export interface Checkpoint extends TreeHead {
  /** Which ledger: see {@link ledgerOrigin}. Its keys bear the same name. */
  readonly origin: string;
}

/** The name of a customer's ledger: first line of its checkpoints, and name of the keys that sign them. */
export const ledgerOrigin = (operator: string, customer: string): string => `kakunin/${operator}/${customer}`;

/** @throws LedgerError `invalid_note` when the origin cannot stand in a note */
export const signCheckpoint = ({ origin, size, root }: Checkpoint, signers: readonly NoteSigner[]): Buffer =>
  signNote(`${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`, signers);

/**
 * Reads the checkpoint of the ledger `origin`. Extension lines are signed, but mean nothing here and are passed over.
 * @throws LedgerError `invalid_note`, `unverified_note`; `invalid_checkpoint` when the note is no checkpoint, or one of
 * another ledger
 */
export function openCheckpoint(
  octets: Uint8Array,
  { origin, verifiers }: { readonly origin: string; readonly verifiers: readonly NoteVerifier[] },
): Checkpoint {
  // Only the ledger's own keys: a witness among the verifiers vouches for a checkpoint, and makes none.
  const own = verifiers.filter(({ name }) => name === origin);
  const lines = openNote(octets, own).text.slice(0, -1).split('\n');
  const [first, digits, base64] = lines;
  const root = Buffer.from(base64 ?? '', 'base64');
  const size = Number(digits);
  if (first !== origin || !/^(0|[1-9]\d*)$/.test(digits ?? '') || !Number.isSafeInteger(size))
    throw new LedgerError('invalid_checkpoint', 'This note is no checkpoint of this ledger.');
  if (root.length !== HASH_OCTETS || root.toString('base64') !== base64 || lines.includes(''))
    throw new LedgerError('invalid_checkpoint', 'This note is no checkpoint: its root is no hash, or a line is empty.');
  return { origin, size, root };
}
