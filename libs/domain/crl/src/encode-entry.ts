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

/** Octets of the extensions of an entry, without the header of their list. */
const extensionsSize = ({ reason, invalidityDate }: ListedCertificate): number =>
  (reason === undefined || reason === 'unspecified' ? 0 : REASON_SIZE) +
  (invalidityDate === undefined ? 0 : INVALIDITY_DATE_SIZE);

const contentSize = ({ serialNumber, revocationDate }: ListedCertificate, extensions: number): number =>
  HEADER +
  serialNumber.length +
  (isUtcTimeYear(revocationDate) ? HEADER + UTC_TIME_OCTETS : HEADER + GENERALIZED_TIME_OCTETS) +
  (extensions > 0 ? HEADER + extensions : 0);

/** Octets that an entry takes, computed without writing it. */
export const entrySize = (entry: ListedCertificate): number => HEADER + contentSize(entry, extensionsSize(entry));

/**
 * Writes an entry (RFC 5280, 5.1). By hand, because a nation's CRL has millions: the usual entry allocates nothing.
 * The target must have room for `entrySize(entry)`.
 * @returns the offset after it
 */
export function writeEntry(target: Uint8Array, offset: number, entry: ListedCertificate): number {
  const { serialNumber, revocationDate, reason, invalidityDate } = entry;
  const extensions = extensionsSize(entry);
  target[offset] = TAG.sequence;
  target[offset + 1] = contentSize(entry, extensions);
  target[offset + 2] = TAG.integer;
  target[offset + 3] = serialNumber.length;
  let position = copy(target, offset + 2 * HEADER, serialNumber);
  position = writeTime(target, position, revocationDate);
  if (extensions === 0) return position;
  target[position] = TAG.sequence;
  target[position + 1] = extensions;
  position += HEADER;
  if (reason !== undefined && reason !== 'unspecified') position = copy(target, position, reasonExtension(reason));
  return invalidityDate === undefined ? position : copy(target, position, invalidityDateExtension(invalidityDate));
}

/** The last one: entries of one reason come in runs, and a look-up by name costs as much as the copy. */
let recentReason: ListedReason | undefined;
let recentExtension: Uint8Array = new Uint8Array();

function reasonExtension(reason: ListedReason): Uint8Array {
  if (reason !== recentReason) {
    recentExtension = REASON_EXTENSIONS[reason]!;
    recentReason = reason;
  }
  return recentExtension;
}

function writeTime(target: Uint8Array, offset: number, instant: number): number {
  if (isUtcTimeYear(instant)) return writeCommonTime(target, offset, instant);
  target[offset] = TAG.generalizedTime;
  target[offset + 1] = GENERALIZED_TIME_OCTETS;
  return writeGeneralizedTime(target, offset + HEADER, instant);
}

const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(1950, 0) / DAY;
const DAY_OCTETS = 2 * HEADER + 4;
const ZERO = 0x30;
/**
 * UTCTime up to the hour by day from 1950 on, tag and length included: the calendar costs as much as all else of an entry,
 * and days are few.
 */
const days: (Uint8Array | undefined)[] = [];

function writeCommonTime(target: Uint8Array, offset: number, instant: number): number {
  const day = Math.floor(instant / DAY);
  const at = copy(target, offset, days[day - FIRST_DAY] ?? dayOctets(day));
  const seconds = ((instant - day * DAY) / 1000) | 0;
  const minutes = (seconds / 60) | 0;
  const hour = (minutes / 60) | 0;
  writePair(target, at, hour);
  writePair(target, at + 2, minutes - hour * 60);
  writePair(target, at + 4, seconds - minutes * 60);
  target[at + 6] = 0x5a;
  return at + 7;
}

function writePair(target: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  target[at] = ZERO + tens;
  target[at + 1] = ZERO + value - tens * 10;
}

function dayOctets(day: number): Uint8Array {
  const octets = Uint8Array.of(TAG.utcTime, UTC_TIME_OCTETS, ...new Uint8Array(UTC_TIME_OCTETS));
  writeUtcTime(octets, HEADER, day * DAY);
  return (days[day - FIRST_DAY] = octets.subarray(0, DAY_OCTETS));
}

/** For a few octets a loop is faster than `set`. */
function copy(target: Uint8Array, offset: number, octets: Uint8Array): number {
  for (let index = 0; index < octets.length; index++) target[offset + index] = octets[index]!;
  return offset + octets.length;
}
