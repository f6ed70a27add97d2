import { REVOCATION_REASONS, type RevocationReason } from '@kakunin/certificates';
import { DerError, DerReader, TAG } from '@kakunin/der';
import { EXTENSION, readExtensions } from '@kakunin/x509';
import { REMOVE_FROM_CRL } from './encode-entry.ts';
import type { ListedReason, RevokedCertificate } from './revoked-certificate.ts';

const reasonsByCode: (ListedReason | undefined)[] = [];
for (const [reason, code] of Object.entries(REVOCATION_REASONS)) reasonsByCode[code] = reason as RevocationReason;
reasonsByCode[REMOVE_FROM_CRL] = 'removeFromCRL';

/** The name of a CRLReason; undefined when RFC 5280, 5.3.1 has none. */
export const reasonOfCode = (code: number): ListedReason | undefined => reasonsByCode[code];

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
  const reason = reasonOfCode(DerReader.of(value).smallInteger(TAG.enumerated));
  if (!reason || reason === 'removeFromCRL') throw new DerError('A revocation reason is unknown.');
  return reason;
}
