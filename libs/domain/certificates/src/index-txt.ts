import type { CertificateStatus } from './certificate-event.ts';
import { type CertificateRecord, LineRefusal, type ParsedLine, parseLine } from './import-record.ts';
import { GOOD } from './life-cycle.ts';
import { parseOpensslTime } from './openssl-time.ts';
import { REVOCATION_REASONS, type RevocationReason } from './revocation-reason.ts';
import { normalizeSerialNumber } from './serial-number.ts';

const REASONS = new Map(
  Object.keys(REVOCATION_REASONS).map((name) => [name.toLowerCase(), name as RevocationReason] as const),
);

/**
 * Reads one line of the database that `openssl ca` keeps: six fields, parted by tabs: state (V, R or E), expiry,
 * revocation, serial number, file name, subject. File name and subject are ignored.
 * @returns undefined for a comment; never throws
 * @see the format's only definition: apps/include/apps.h and `make_revoked` in apps/ca.c of OpenSSL
 */
export function parseIndexTxtLine(line: number, text: string): ParsedLine | undefined {
  return text.startsWith('#') ? undefined : parseLine(line, () => recordOf(text));
}

function recordOf(text: string): CertificateRecord {
  // A tab inside a field is written as backslash, tab.
  const fields = text.split(/(?<!\\)\t/);
  if (fields.length !== 6) {
    throw new LineRefusal(`Expected six fields parted by tabs, found ${fields.length}.`);
  }
  const [state = '', expiry = '', revocation = '', serial = ''] = fields;
  const notAfter = parseOpensslTime(expiry);
  if (notAfter === undefined) {
    throw new LineRefusal('The expiry (field 2) is not a time such as 261231235959Z.');
  }
  const serialNumber = normalizeSerialNumber(serial);
  if (serialNumber === undefined) {
    throw new LineRefusal('The serial number (field 4) is not hexadecimal of at most 20 octets.');
  }
  return { serialNumber, notAfter, status: statusOf(state, revocation) };
}

function statusOf(state: string, revocation: string): CertificateStatus {
  switch (state) {
    case 'V':
    case 'E':
      if (revocation !== '') throw new LineRefusal(`State ${state} does not go with a revocation date (field 3).`);
      return GOOD;
    case 'R':
      return revocationOf(revocation);
    default:
      throw new LineRefusal('The state (field 1) is none of V, R and E.');
  }
}

/** `date[,reason[,extra]]`: extra belongs to holdInstruction (an OID) and to keyTime and CAkeyTime (a time). */
function revocationOf(text: string): CertificateStatus {
  const [date = '', reasonName, extra, ...rest] = text.split(',');
  const revocationDate = parseOpensslTime(date);
  if (revocationDate === undefined || rest.length > 0) {
    throw new LineRefusal(
      'The revocation (field 3) is not a time such as 260401093000Z, with a reason behind a comma.',
    );
  }
  const base = { status: 'revoked', revocationDate } as const;
  switch (reasonName?.toLowerCase()) {
    case undefined:
      return { ...base, reason: 'unspecified' };
    case 'holdinstruction':
      return { ...base, reason: 'certificateHold' };
    case 'keytime':
      return { ...base, reason: 'keyCompromise', invalidityDate: invalidityDateOf(extra) };
    case 'cakeytime':
      return { ...base, reason: 'cACompromise', invalidityDate: invalidityDateOf(extra) };
    default: {
      const reason = REASONS.get(reasonName!.toLowerCase());
      if (!reason) throw new LineRefusal('The revocation reason (field 3) is not one of RFC 5280, section 5.3.1.');
      return { ...base, reason };
    }
  }
}

function invalidityDateOf(extra: string | undefined): number {
  const invalidityDate = parseOpensslTime(extra ?? '');
  if (invalidityDate === undefined) {
    throw new LineRefusal('The key time (field 3) is not a time such as 20260401093000Z.');
  }
  return invalidityDate;
}
