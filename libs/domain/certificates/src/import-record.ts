import { z } from 'zod';
import { authoritySchema, type CertificateStatus, serialNumberSchema } from './certificate-event.ts';

export const carrierSchema = z.enum(['card', 'smartphone']);
export type Carrier = z.infer<typeof carrierSchema>;

/**
 * The CA's handle for a person: opaque, the same for all certificates of one person. Lone surrogates would all turn into
 * the same octets, and so two persons into one.
 */
export const holderSchema = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u, '1 to 200 characters, none a control.');

/** The certificate that a new one takes the place of; of the same authority unless another one is named. */
export const predecessorSchema = z.object({
  authorityId: authoritySchema.shape.authorityId.optional(),
  serialNumber: serialNumberSchema,
});
export type Predecessor = z.infer<typeof predecessorSchema>;

/** What a CA says of one certificate, in a line of its list or in a request. Instants are epoch milliseconds. */
export interface CertificateRecord {
  readonly serialNumber: string;
  /** Absent: not stated, as in a CRL; only a certificate that is registered can be meant. */
  readonly notAfter?: number;
  /** Absent: not stated; a new certificate is taken for one on a card. */
  readonly carrier?: Carrier;
  /** Absent: not stated; a new certificate is good then, a known one stays what it is. */
  readonly status?: CertificateStatus;
  readonly holder?: string;
  readonly predecessor?: Predecessor;
  readonly fingerprint?: string;
  /** Of `partitionSchema`; kept for ever. Absent: not stated. */
  readonly partition?: string;
}

/** A line that was understood, or the reason why not: a sentence that quotes nothing of the line. */
export type ParsedLine =
  { readonly line: number; readonly record: CertificateRecord } | { readonly line: number; readonly reason: string };

/** Internal to the parsers: carries the reason out of a field. */
export class LineRefusal extends Error {}

/** Runs a parser over one line; a refusal becomes the line's reason. */
export function parseLine(line: number, parse: () => CertificateRecord): ParsedLine {
  try {
    return { line, record: parse() };
  } catch (error) {
    if (error instanceof LineRefusal) return { line, reason: error.message };
    throw error;
  }
}
