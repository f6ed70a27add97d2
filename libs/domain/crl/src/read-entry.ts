import { REVOCATION_REASONS, type RevocationReason } from '@kakunin/certificates';
import { DerError, DerReader, TAG } from '@kakunin/der';
import { EXTENSION, readExtensions } from '@kakunin/x509';
import type { RevokedCertificate } from './revoked-certificate.ts';

const reasonsByCode = new Map<number, RevocationReason>(
  (Object.keys(REVOCATION_REASONS) as RevocationReason[]).map((reason) => [REVOCATION_REASONS[reason], reason]),
);

/**
 * Reads the fields of one entry (RFC 5280, 5.1 and 5.3).
 * @throws DerError also on a reason that a complete CRL cannot hold, and on a critical extension that is unknown
 */
export function readEntry(fields: DerReader): RevokedCertificate {
  const serialNumber = fields.integer();
  const revocationDate = fields.time();
  const details = fields.done ? {} : readEntryExtensions(fields);
  fields.finish();
  return { serialNumber, revocationDate, ...details };
}

function readEntryExtensions(fields: DerReader): Pick<RevokedCertificate, 'reason' | 'invalidityDate'> {
  let reason: RevocationReason | undefined;
  let invalidityDate: number | undefined;
  for (const { id, critical, value } of readExtensions(fields)) {
    if (id === EXTENSION.reasonCode) reason = readReason(value);
    else if (id === EXTENSION.invalidityDate) invalidityDate = DerReader.of(value).generalizedTime();
    else if (critical) throw new DerError('A critical extension of an entry is unknown.');
  }
  return { reason, invalidityDate };
}

function readReason(value: Uint8Array): RevocationReason {
  const reason = reasonsByCode.get(DerReader.of(value).smallInteger(TAG.enumerated));
  if (!reason) throw new DerError('A revocation reason is unknown.');
  return reason;
}
