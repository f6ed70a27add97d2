import { LedgerError, type NoteSigner, type NoteVerifier, openNote, signNote } from '@kakunin/usage-ledger';
import type { AuditHead } from './audit-chain.ts';
import { AuditError } from './audit-error.ts';

/** A head as it is handed out, at least daily, to those who watch over the registry. */
export interface DatedHead extends AuditHead {
  /** Epoch ms. */
  readonly at: number;
}

const ORIGIN = 'kakunin audit head v1';
const HEAD = new RegExp(`^${ORIGIN}\\n(\\d{1,15})\\n([\\w+/]{43}=)\\n(\\d{1,15})\\n$`);

/** Signs a head (C2SP signed-note): whoever keeps it can prove later that what was before it is not what it was. */
export const signAuditHead = ({ size, hash, at }: DatedHead, signer: NoteSigner): Uint8Array =>
  signNote(`${ORIGIN}\n${size}\n${Buffer.from(hash).toString('base64')}\n${at}\n`, [signer]);

/** @throws AuditError `head_invalid`: not signed by the registry, or no head */
export function openAuditHead(note: Uint8Array, verifier: NoteVerifier): DatedHead {
  const [, size, hash, at] = HEAD.exec(textOf(note, verifier)) ?? [];
  if (!size || !hash || !at) throw headInvalid();
  return { size: Number(size), hash: new Uint8Array(Buffer.from(hash, 'base64')), at: Number(at) };
}

function textOf(note: Uint8Array, verifier: NoteVerifier): string {
  try {
    return openNote(note, [verifier]).text;
  } catch (cause) {
    if (cause instanceof LedgerError) throw headInvalid({ cause });
    throw cause;
  }
}

const headInvalid = (options?: ErrorOptions): AuditError =>
  new AuditError('head_invalid', 'This is no head of an audit log that the registry has signed.', options);
