import { createHash } from 'node:crypto';
import type { DocumentSigner } from '@kakunin/signing-keys';
import { z } from 'zod';

export const recordProofSchema = z.strictObject({
  name: z.string(),
  bytes: z.number().describe('Of the file.'),
  checksum: z.string().describe('SHA-256 of the file as `sha256sum -c` reads it: the text that is signed.'),
  signature: z.string().describe('Ed25519 over the octets of `checksum`, base64: see `/signing-key`.'),
});
export type RecordProof = z.infer<typeof recordProofSchema>;

export interface RecordProofInput {
  /** Of the file. */
  readonly name: string;
  readonly text: AsyncIterable<string>;
  readonly signer: DocumentSigner;
  /** Awaited, now and then. */
  readonly onBytes: (bytes: number) => Promise<void>;
}

/** Pieces between two reports: a caller that hears nothing gives up. */
const PIECES = 16;

/**
 * Ed25519 reads what it signs twice, and a month of the nation is larger than memory, the verifier's too. So the
 * checksum is signed, and the file is read once.
 */
export async function recordProofOf({ name, text, signer, onBytes }: RecordProofInput): Promise<RecordProof> {
  const hash = createHash('sha256');
  let [bytes, pieces] = [0, 0];
  for await (const piece of text) {
    hash.update(piece);
    bytes += Buffer.byteLength(piece);
    if (++pieces % PIECES === 0) await onBytes(bytes);
  }
  const checksum = `${hash.digest('hex')}  ${name}\n`;
  return { name, bytes, checksum, signature: signer.sign(Buffer.from(checksum)).toString('base64') };
}
