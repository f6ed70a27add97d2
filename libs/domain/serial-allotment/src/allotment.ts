import { SerialAllotmentError } from './serial-allotment-error.ts';

/** Where an authority's allotment stands: what is locked, read and written in the transaction that allots. */
export interface Allotment {
  /** The first ordinal that was never allotted. */
  readonly nextOrdinal: number;
  /** Of the sealing key, 1 … 127. */
  readonly keyVersion: number;
}

/** Ordinals that one request was given, all under one key version. Kept by request id; it never changes. */
export interface SerialBlock {
  readonly requestId: string;
  readonly firstOrdinal: number;
  /** Not included. */
  readonly endOrdinal: number;
  /** How many of them are for persons: all but the reserved. */
  readonly count: number;
  readonly keyVersion: number;
}

export interface SerialRequest {
  /** Chosen by the CA: a request that is sent again gets the same serial numbers. */
  readonly requestId: string;
  /** How many serial numbers. */
  readonly count: number;
}

/** All ordinals of one such range are sealed under one key version; the status index relies on it. */
export const KEY_RANGE = 4096;
export const LAST_KEY_VERSION = 127;
export const MOST_SERIALS_A_REQUEST = 65_536;
/** Ordinals that a status index has room for. */
export const ORDINAL_CAPACITY = 2 ** 28;

/**
 * Ordinals that are never given to a person (honey certificates, say). A pure function: the same at every call, or the
 * serial numbers of a block would not be the same again.
 */
export type Reservation = (ordinal: number) => boolean;

export const NOTHING_RESERVED: Reservation = () => false;

export const NEW_ALLOTMENT: Allotment = { nextOrdinal: 0, keyVersion: 1 };

const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/**
 * Allots the next ordinals to a request; to one that was answered before, the same again.
 * @param options `earlier`: the block that the request id was given before, if any
 * @returns the block, and where the allotment stands after it (the same object when nothing was allotted)
 * @throws SerialAllotmentError `invalid_request` | `request_differs` | `capacity_exceeded`
 */
export function allotBlock(
  allotment: Allotment,
  { requestId, count }: SerialRequest,
  {
    earlier,
    isReserved = NOTHING_RESERVED,
  }: { readonly earlier?: SerialBlock; readonly isReserved?: Reservation } = {},
): { readonly block: SerialBlock; readonly allotment: Allotment } {
  if (!REQUEST_ID.test(requestId) || !Number.isSafeInteger(count) || count < 1 || count > MOST_SERIALS_A_REQUEST) {
    throw new SerialAllotmentError(
      'invalid_request',
      `A request has an id of 1 to 64 letters, digits, ".", "_", ":" and "-", and asks for 1 to ${MOST_SERIALS_A_REQUEST}.`,
    );
  }
  if (earlier) {
    if (earlier.requestId === requestId && earlier.count === count) return { block: earlier, allotment };
    throw new SerialAllotmentError('request_differs', 'This request id was used for another number: take a new one.');
  }
  const { nextOrdinal: firstOrdinal, keyVersion } = allotment;
  const endOrdinal = endOf({ firstOrdinal, count }, isReserved);
  return {
    block: { requestId, firstOrdinal, endOrdinal, count, keyVersion },
    allotment: { nextOrdinal: endOrdinal, keyVersion },
  };
}

/** Behind the ordinal that makes the number full. */
function endOf({ firstOrdinal, count }: Pick<SerialBlock, 'firstOrdinal' | 'count'>, isReserved: Reservation): number {
  let end = firstOrdinal;
  for (let given = 0; given < count; end += 1) {
    if (end >= ORDINAL_CAPACITY) {
      throw new SerialAllotmentError('capacity_exceeded', 'The ordinals of this authority are used up.');
    }
    if (!isReserved(end)) given += 1;
  }
  return end;
}

/**
 * Goes on under the next sealing key, from the next multiple of 4096: the ordinals before it stay unused. Serial numbers
 * that were sealed under earlier keys stay what they are, so those keys are kept as long as their certificates count.
 * @throws SerialAllotmentError `key_versions_exhausted`
 */
export function rotateSealingKey({ nextOrdinal, keyVersion }: Allotment): Allotment {
  if (keyVersion >= LAST_KEY_VERSION) {
    throw new SerialAllotmentError(
      'key_versions_exhausted',
      `An authority has at most ${LAST_KEY_VERSION} sealing keys: register a new key generation.`,
    );
  }
  return { nextOrdinal: Math.ceil(nextOrdinal / KEY_RANGE) * KEY_RANGE, keyVersion: keyVersion + 1 };
}
