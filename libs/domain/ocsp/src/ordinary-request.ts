import { contextConstructed, TAG } from '@kakunin/der';
import { HASH_ALGORITHMS, hashAlgorithmIdentifier, hashLength } from '@kakunin/x509';
import { MAX_NONCE_OCTETS, NONCE } from './nonce.ts';

/** Where things stand in a request of the ordinary shape: offsets in the message, the end exclusive. */
export interface OrdinaryRequest {
  /** The CertID with its tag, which an answer echoes. */
  certIdStart: number;
  certIdEnd: number;
  /** Index in `HASH_ALGORITHMS`; both hashes have its length. */
  hashAlgorithm: number;
  issuerNameHashStart: number;
  issuerKeyHashStart: number;
  /** INTEGER content octets: positive, minimal. */
  serialNumberStart: number;
  serialNumberEnd: number;
  /** Both 0 when there is no nonce. */
  nonceStart: number;
  nonceEnd: number;
}

/** One to be filled again and again by `scanOrdinaryRequest`. */
export const ordinaryRequest = (): OrdinaryRequest => ({
  certIdStart: 0,
  certIdEnd: 0,
  hashAlgorithm: 0,
  issuerNameHashStart: 0,
  issuerKeyHashStart: 0,
  serialNumberStart: 0,
  serialNumberEnd: 0,
  nonceStart: 0,
  nonceEnd: 0,
});

/** Lengths of more octets are left to the strict reader: nothing of the ordinary shape is that long. */
const MAX_LENGTH_OCTETS = 2;
/** A serial number of 20 octets (RFC 5280, 4.1.2.2) behind the zero of its sign. */
const MAX_SERIAL_NUMBER_OCTETS = 21;

const REQUEST_EXTENSIONS = contextConstructed(2);
const hashes = HASH_ALGORITHMS.map((name) => ({
  /** The OBJECT IDENTIFIER alone: between the header of its SEQUENCE and the NULL. */
  identifier: hashAlgorithmIdentifier[name].subarray(2, -2),
  length: hashLength[name],
}));

/**
 * Reads a request of the shape that nearly all have, without making an object: v1, one Request without extensions, a
 * known hash algorithm, no requestorName, no signature, and no extension other than a nonce that is not critical.
 * @returns false when the message has another shape, well-formed or not: it is `parseOcspRequest`'s then, and `into`
 * holds nothing of use. What is true here is read alike there.
 */
export function scanOrdinaryRequest(message: Uint8Array, into: OrdinaryRequest): boolean {
  const end = message.length;
  if (endOf(message, 0, TAG.sequence) !== end) return false;
  const tbs = contentOf(message, 0);
  if (endOf(message, tbs, TAG.sequence) !== end) return false;
  const list = contentOf(message, tbs);
  const listEnd = endOf(message, list, TAG.sequence);
  if (!(listEnd <= end)) return false;
  const request = contentOf(message, list);
  if (endOf(message, request, TAG.sequence) !== listEnd) return false;
  const certId = contentOf(message, request);
  if (endOf(message, certId, TAG.sequence) !== listEnd) return false;
  into.certIdStart = certId;
  into.certIdEnd = listEnd;
  return scanCertId(message, into) && scanNonce(message, listEnd, into);
}

function scanCertId(message: Uint8Array, into: OrdinaryRequest): boolean {
  const end = into.certIdEnd;
  const algorithm = contentOf(message, into.certIdStart);
  const algorithmEnd = endOf(message, algorithm, TAG.sequence);
  if (!(algorithmEnd < end)) return false;
  into.hashAlgorithm = hashAlgorithmAt(message, contentOf(message, algorithm), algorithmEnd);
  if (into.hashAlgorithm < 0) return false;
  const { length } = hashes[into.hashAlgorithm]!;
  into.issuerNameHashStart = hashAt(message, algorithmEnd, length);
  if (into.issuerNameHashStart < 0) return false;
  into.issuerKeyHashStart = hashAt(message, into.issuerNameHashStart + length, length);
  if (into.issuerKeyHashStart < 0) return false;
  const serialNumber = into.issuerKeyHashStart + length;
  if (endOf(message, serialNumber, TAG.integer) !== end) return false;
  into.serialNumberStart = contentOf(message, serialNumber);
  into.serialNumberEnd = end;
  return isPositive(message, into.serialNumberStart, end);
}

/** Index of the algorithm whose identifier stands here, with parameters NULL or none; -1 when it is not known. */
function hashAlgorithmAt(message: Uint8Array, offset: number, end: number): number {
  for (let index = 0; index < hashes.length; index++) {
    const { identifier } = hashes[index]!;
    if (!hasOctets(message, offset, identifier)) continue;
    const parameters = offset + identifier.length;
    const known =
      parameters === end ||
      (parameters + 2 === end && message[parameters] === TAG.null && message[parameters + 1] === 0);
    return known ? index : -1;
  }
  return -1;
}

/** Where the content of an OCTET STRING of this length starts, -1 when another element stands here. */
function hashAt(message: Uint8Array, offset: number, length: number): number {
  return message[offset] === TAG.octetString && message[offset + 1] === length ? offset + 2 : -1;
}

function isPositive(message: Uint8Array, start: number, end: number): boolean {
  if (end === start || end - start > MAX_SERIAL_NUMBER_OCTETS || message[start]! >= 0x80) return false;
  return message[start]! > 0 || end - start === 1 || message[start + 1]! >= 0x80;
}

/** Whether nothing follows the list of requests, or a nonce alone. */
function scanNonce(message: Uint8Array, offset: number, into: OrdinaryRequest): boolean {
  const end = message.length;
  into.nonceStart = 0;
  into.nonceEnd = 0;
  if (offset === end) return true;
  if (endOf(message, offset, REQUEST_EXTENSIONS) !== end) return false;
  const list = contentOf(message, offset);
  if (endOf(message, list, TAG.sequence) !== end) return false;
  const extension = contentOf(message, list);
  if (endOf(message, extension, TAG.sequence) !== end) return false;
  const id = contentOf(message, extension);
  if (!hasOctets(message, id, NONCE)) return false;
  const value = id + NONCE.length;
  if (endOf(message, value, TAG.octetString) !== end) return false;
  const nonce = contentOf(message, value);
  if (endOf(message, nonce, TAG.octetString) !== end) return false;
  into.nonceStart = contentOf(message, nonce);
  into.nonceEnd = end;
  return end > into.nonceStart && end - into.nonceStart <= MAX_NONCE_OCTETS;
}

/**
 * Where the element at the offset ends by its own word, which may lie beyond the message; NaN when it has another tag or
 * its length is not DER. Callers compare it with where it must end, so that nothing outside is ever read as inside.
 */
function endOf(message: Uint8Array, offset: number, tag: number): number {
  if (message[offset] !== tag) return Number.NaN;
  const length = message[offset + 1]!;
  return length < 0x80 ? offset + 2 + length : longEndOf(message, offset + 2, length & 0x7f);
}

function longEndOf(message: Uint8Array, offset: number, lengthOctets: number): number {
  const first = message[offset]!;
  if (lengthOctets === 1 && first >= 0x80) return offset + 1 + first;
  if (lengthOctets === MAX_LENGTH_OCTETS && first > 0) return offset + 2 + first * 256 + message[offset + 1]!;
  return Number.NaN;
}

/** Where the content starts of an element that `endOf` has found sound. */
function contentOf(message: Uint8Array, offset: number): number {
  const first = message[offset + 1]!;
  return first < 0x80 ? offset + 2 : offset + 2 + (first & 0x7f);
}

function hasOctets(message: Uint8Array, offset: number, octets: Uint8Array): boolean {
  for (let index = 0; index < octets.length; index++) if (message[offset + index] !== octets[index]) return false;
  return true;
}
