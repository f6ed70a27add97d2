import { createHash } from 'node:crypto';
import type { DocumentSigner } from '@kakunin/signing-keys';
import { StreamableFile } from '@nestjs/common';
import { z } from 'zod';

export const proofSchema = z
  .enum(['sha256', 'sig'])
  .optional()
  .describe('Of a closed month: not the file, but its SHA-256 as `sha256sum -c` reads it, or its detached signature.');

export interface ProofInput {
  readonly proof: 'sha256' | 'sig';
  /** Of the file. */
  readonly name: string;
  readonly text: Iterable<string> | AsyncIterable<string>;
  readonly signer: DocumentSigner;
}

/** Ed25519 signs no stream: memory holds the whole file, some megabytes for a month of the nation. */
export async function proofOf({ proof, name, text, signer }: ProofInput): Promise<StreamableFile> {
  const pieces: Buffer[] = [];
  for await (const piece of text) pieces.push(Buffer.from(piece));
  const octets = Buffer.concat(pieces);
  const disposition = `attachment; filename="${name}.${proof}"`;
  if (proof === 'sig')
    return new StreamableFile(signer.sign(octets), { type: 'application/octet-stream', disposition });
  const hash = createHash('sha256').update(octets).digest('hex');
  return new StreamableFile(Buffer.from(`${hash}  ${name}\n`), { type: 'text/plain', disposition });
}
