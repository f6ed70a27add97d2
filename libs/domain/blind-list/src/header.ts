import { BlindListError } from './blind-list-error.ts';
import { SALT_OCTETS } from './key-hash.ts';

/** What names a list: no two lists have the same salt. */
export interface BlindListId {
  readonly number: number;
  /** 16 octets. */
  readonly salt: Uint8Array;
}

/** What a blind list says of itself; instants are epoch ms. */
export interface BlindListHeader extends BlindListId {
  /** SHA-256 of the authority's public key bits, as in a CertID (RFC 6960, 4.1.1). */
  readonly issuerKeyHash: Uint8Array;
  /** The status is that of this instant; certificates that had expired before it are not covered. */
  readonly thisUpdate: number;
  /** Until then it may be relied upon. */
  readonly nextUpdate: number;
  /** Certificates whose notBefore is this instant or later are not covered. */
  readonly issuedBefore: number;
  /** Of a delta: the list, or delta, that it changes. */
  readonly base?: BlindListId;
}

/** `KBL`, version 1. */
const MAGIC = 0x4b424c01;
/** See docs/reference/blind-list.md. */
export const HEADER_OCTETS = 112;
const KEY_HASH_OCTETS = 32;
/** Enough for a nation many times over; the product with a word stays exact in a double. */
export const MOST_BLOCKS = 1 << 20;

/** @throws BlindListError `invalid_input` when a field is out of range */
export function encodeHeader(header: BlindListHeader, blocks: number): Uint8Array {
  const { issuerKeyHash, number, thisUpdate, nextUpdate, issuedBefore, salt, base } = header;
  const octets = new Uint8Array(HEADER_OCTETS);
  const view = new DataView(octets.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, blocks);
  [number, thisUpdate, nextUpdate, issuedBefore].forEach((field, index) => putInteger(view, 8 + index * 8, field));
  octets.set(sized(issuerKeyHash, KEY_HASH_OCTETS), 40);
  octets.set(sized(salt, SALT_OCTETS), 72);
  if (base) {
    putInteger(view, 88, base.number);
    octets.set(sized(base.salt, SALT_OCTETS), 96);
  }
  const refusal = refusalOf(header);
  if (refusal) throw new BlindListError('invalid_input', `There is no such list: ${refusal}.`);
  return octets;
}

/** @throws BlindListError `malformed` */
export function parseHeader(octets: Uint8Array): { readonly header: BlindListHeader; readonly blocks: number } {
  if (octets.length < HEADER_OCTETS) throw malformed('it is cut off in its header');
  const view = new DataView(octets.buffer, octets.byteOffset, HEADER_OCTETS);
  if (view.getUint32(0) >>> 8 !== MAGIC >>> 8) throw malformed('it does not begin with KBL');
  if (view.getUint32(0) !== MAGIC) throw malformed('its version is unknown');
  const blocks = view.getUint32(4);
  if (blocks === 0 || blocks > MOST_BLOCKS) throw malformed('its number of blocks is out of range');
  const base = { number: integerAt(view, 88), salt: copy(octets, 96, 112) };
  const header = {
    number: integerAt(view, 8),
    thisUpdate: integerAt(view, 16),
    nextUpdate: integerAt(view, 24),
    issuedBefore: integerAt(view, 32),
    issuerKeyHash: copy(octets, 40, 72),
    salt: copy(octets, 72, 88),
    ...(base.number > 0 && { base }),
  };
  if (base.number === 0 && base.salt.some((octet) => octet !== 0)) throw malformed('its base has no number');
  const refusal = refusalOf(header);
  if (refusal) throw malformed(refusal);
  return { header, blocks };
}

function refusalOf({ number, thisUpdate, nextUpdate, issuedBefore, base }: BlindListHeader): string | undefined {
  if (number < 1) return 'numbers begin with 1';
  if (nextUpdate <= thisUpdate) return 'nextUpdate is not after thisUpdate';
  if (issuedBefore > thisUpdate) return 'it cannot cover what is issued after thisUpdate';
  if (base && (base.number < 1 || base.number >= number)) return 'a delta has a higher number than its base';
  return undefined;
}

export const malformed = (why: string): BlindListError =>
  new BlindListError('malformed', `The blind list is malformed: ${why}.`);

/** Big-endian, as the header's other fields. */
function putInteger(view: DataView, at: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new BlindListError('invalid_input', 'Numbers and instants are integers from 0 to 2^53 - 1.');
  }
  view.setUint32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value % 2 ** 32);
}

function integerAt(view: DataView, at: number): number {
  const value = view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
  if (!Number.isSafeInteger(value)) throw malformed('an integer is out of range');
  return value;
}

function sized(octets: Uint8Array, length: number): Uint8Array {
  if (octets.length === length) return octets;
  throw new BlindListError('invalid_input', `A field has ${octets.length} octets in place of ${length}.`);
}

/** A Buffer's own `slice` would not copy. */
const copy = (octets: Uint8Array, start: number, end: number): Uint8Array =>
  new Uint8Array(octets.subarray(start, end));
