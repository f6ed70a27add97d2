import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { BillingError } from '../billing-error.ts';
import { canonicalJson } from './canonical-json.ts';
import type { ClosedStatement } from './closed-statement.ts';
import { closedStatementSchema, creditNoteSchema } from './closed-document-schema.ts';
import type { CreditNote } from './credit-note.ts';

/**
 * A closed statement or a credit note as it is kept, handed out and signed: UTF-8 of its canonical JSON without
 * `contentHash`, which is the SHA-256 of these octets.
 */
export function documentOctets({ contentHash: _hash, ...content }: ClosedStatement | CreditNote): Buffer {
  return Buffer.from(canonicalJson(content));
}

/** @throws BillingError `malformed_document` */
export const parseClosedStatement = (octets: Uint8Array): ClosedStatement => parse(octets, closedStatementSchema);

/** @throws BillingError `malformed_document` */
export const parseCreditNote = (octets: Uint8Array): CreditNote => parse(octets, creditNoteSchema);

/** A document that says the same in other octets is none: its hash and its signature would be others. */
function parse<T extends object>(octets: Uint8Array, schema: z.ZodType<T>): T & { readonly contentHash: string } {
  try {
    const content = schema.parse(JSON.parse(Buffer.from(octets).toString('utf8')));
    if (Buffer.compare(Buffer.from(canonicalJson(content)), octets) !== 0) throw new TypeError('not canonical');
    return { ...content, contentHash: createHash('sha256').update(octets).digest('hex') };
  } catch (cause) {
    throw new BillingError('malformed_document', 'This is no closed statement or credit note in its canonical form.', {
      cause,
    });
  }
}
