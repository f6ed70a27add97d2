import { REVOCATION_REASONS } from '@kakunin/certificates';
import {
  encodeDer,
  enumerated,
  GENERALIZED_TIME_OCTETS,
  generalizedTime,
  isUtcTimeYear,
  TAG,
  UTC_TIME_OCTETS,
  writeGeneralizedTime,
  writeUtcTime,
} from '@kakunin/der';
import { encodeExtension, EXTENSION } from '@kakunin/x509';
import type { ListedCertificate, ListedReason } from './revoked-certificate.ts';

// Every element of an entry is shorter than 128 octets: tag and length take one octet each.
const HEADER = 2;
const MAX_SERIAL_NUMBER_OCTETS = 21;
/** CRLReason of RFC 5280, 5.3.1. */
export const REMOVE_FROM_CRL = 8;

const encoded = (id: string, value: Uint8Array): Uint8Array =>
  encodeDer(encodeExtension({ id, critical: false, value }));

/** DER of the reasonCode extension; `unspecified` has none. */
const REASON_EXTENSIONS: Readonly<Partial<Record<ListedReason, Uint8Array>>> = Object.fromEntries(
  Object.entries({ ...REVOCATION_REASONS, removeFromCRL: REMOVE_FROM_CRL })
    .filter(([reason]) => reason !== 'unspecified')
    .map(([reason, code]) => [reason, encoded(EXTENSION.reasonCode, encodeDer(enumerated(code)))]),
);

const invalidityDateExtension = (instant: number): Uint8Array =>
  encoded(EXTENSION.invalidityDate, encodeDer(generalizedTime(instant)));

const REASON_SIZE = REASON_EXTENSIONS.keyCompromise!.length;
const INVALIDITY_DATE_SIZE = invalidityDateExtension(0).length;

/** Octets of the largest entry. */
export const MAX_ENTRY_SIZE =
  4 * HEADER + MAX_SERIAL_NUMBER_OCTETS + GENERALIZED_TIME_OCTETS + REASON_SIZE + INVALIDITY_DATE_SIZE;

const hasReason = ({ reason }: ListedCertificate): boolean => reason !== undefined && reason !== 'unspecified';

const extensionsSize = (entry: ListedCertificate): number =>
  (hasReason(entry) ? REASON_SIZE : 0) + (entry.invalidityDate === undefined ? 0 : INVALIDITY_DATE_SIZE);

/** Octets that an entry takes, computed without writing it. */
export function entrySize(entry: ListedCertificate): number {
  const date = isUtcTimeYear(entry.revocationDate) ? UTC_TIME_OCTETS : GENERALIZED_TIME_OCTETS;
  const extensions = extensionsSize(entry);
  return 3 * HEADER + entry.serialNumber.length + date + (extensions > 0 ? HEADER + extensions : 0);
}

/**
 * Writes an entry (RFC 5280, 5.1). By hand, because a nation's CRL has millions: the usual entry allocates nothing.
 * The target must have room for `entrySize(entry)`.
 * @returns the offset after it
 */
export function writeEntry(target: Uint8Array, offset: number, entry: ListedCertificate): number {
  let position = openElement(target, offset, { tag: TAG.sequence, size: entrySize(entry) - HEADER });
  position = openElement(target, position, { tag: TAG.integer, size: entry.serialNumber.length });
  position = copy(target, position, entry.serialNumber);
  position = writeTime(target, position, entry.revocationDate);
  const extensions = extensionsSize(entry);
  if (extensions === 0) return position;
  position = openElement(target, position, { tag: TAG.sequence, size: extensions });
  if (hasReason(entry)) position = copy(target, position, REASON_EXTENSIONS[entry.reason!]!);
  if (entry.invalidityDate === undefined) return position;
  return copy(target, position, invalidityDateExtension(entry.invalidityDate));
}

function openElement(
  target: Uint8Array,
  offset: number,
  { tag, size }: { readonly tag: number; readonly size: number },
): number {
  target[offset] = tag;
  target[offset + 1] = size;
  return offset + HEADER;
}

function writeTime(target: Uint8Array, offset: number, instant: number): number {
  if (isUtcTimeYear(instant))
    return writeUtcTime(target, openElement(target, offset, { tag: TAG.utcTime, size: UTC_TIME_OCTETS }), instant);
  const content = openElement(target, offset, { tag: TAG.generalizedTime, size: GENERALIZED_TIME_OCTETS });
  return writeGeneralizedTime(target, content, instant);
}

/** For a few octets a loop is faster than `set`. */
function copy(target: Uint8Array, offset: number, octets: Uint8Array): number {
  for (let index = 0; index < octets.length; index++) target[offset + index] = octets[index]!;
  return offset + octets.length;
}
