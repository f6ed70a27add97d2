import { createHash } from 'node:crypto';
import {
  carrierSchema,
  type CertificateRecord,
  CertificatesError,
  certificateStatusSchema,
  fingerprintSchema,
  holderSchema,
  partitionSchema,
  predecessorSchema,
  serialNumberSchema,
  wholeSecond,
} from '@kakunin/certificates';
import { X509Error } from '@kakunin/x509';
import { z } from 'zod';
import { certificateTextSchema, readCertificateText } from '../certificate-text.ts';

/** 9999-12-31T23:59:59Z, the last instant of X.509 (RFC 5280, 4.1.2.5). */
const LAST_INSTANT = 253_402_300_799_000;
export const instantSchema = z
  .int()
  .nonnegative()
  .transform(wholeSecond)
  .refine((instant) => instant <= LAST_INSTANT, 'Certificates know no instant after the year 9999.')
  .describe('epoch milliseconds');

/** What a CA says of one certificate. */
export const issuanceSchema = z.strictObject({
  serialNumber: serialNumberSchema,
  notAfter: instantSchema,
  carrier: carrierSchema,
  status: certificateStatusSchema
    .optional()
    .describe('Absent: good when it is new, else as it is. A hold is revoked with the reason certificateHold.'),
  holder: holderSchema.optional().describe("The CA's handle for the person; persons are known by it from then on."),
  predecessor: predecessorSchema.optional().describe('The certificate that this one takes the place of.'),
  fingerprint: fingerprintSchema.optional().describe('SHA-256 of the DER, hex; or send the certificate.'),
  certificate: certificateTextSchema.optional(),
  partition: partitionSchema
    .optional()
    .describe('Which part of the CRL lists it, for ever; an authority with partitions needs it.'),
});
export type Issuance = z.output<typeof issuanceSchema>;

/** @throws X509Error when the certificate is malformed; CertificatesError `certificate_differs` when it is another one */
export function recordOf({ certificate, fingerprint: stated, ...issuance }: Issuance): CertificateRecord {
  const { serialNumber, notAfter, carrier, status, holder, predecessor, partition } = issuance;
  const fingerprint = certificate === undefined ? stated : fingerprintOf(certificate, issuance);
  return {
    serialNumber,
    notAfter,
    carrier,
    ...(status !== undefined && { status }),
    ...(holder !== undefined && { holder }),
    ...(predecessor !== undefined && { predecessor }),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(partition !== undefined && { partition }),
  };
}

/** As {@link recordOf}; a certificate that will not do is returned as the reason. */
export function readIssuance(issuance: Issuance): CertificateRecord | CertificatesError | X509Error {
  try {
    return recordOf(issuance);
  } catch (error) {
    if (error instanceof X509Error || error instanceof CertificatesError) return error;
    throw error;
  }
}

function fingerprintOf(text: string, { serialNumber, notAfter }: Pick<Issuance, 'serialNumber' | 'notAfter'>): string {
  const certificate = readCertificateText(text);
  if (certificate.serialNumber !== serialNumber || certificate.notAfter !== notAfter) {
    throw new CertificatesError(
      'certificate_differs',
      'The certificate has another serial number or end of validity than stated.',
    );
  }
  return createHash('sha256').update(certificate.der).digest('hex');
}
