import type { AuditNote } from '../audit/audit-log.ts';
import type { NamingQuestion } from '../persons/person-store.ts';

/** What uses a proof up, so that it serves once. */
export type ProofUse =
  | { readonly kind: 'possession'; readonly challengeId: string | undefined }
  | { readonly kind: 'check'; readonly nonce: Uint8Array; readonly expiresAt: number };

/** An identification as far as it can be decided without writing. */
export interface Attempt {
  readonly at: number;
  readonly use: ProofUse;
  /** Whom to name; undefined: it is refused, whatever comes of the proof. */
  readonly naming: NamingQuestion | undefined;
  /** As it is written when it is refused. */
  readonly note: AuditNote;
}
