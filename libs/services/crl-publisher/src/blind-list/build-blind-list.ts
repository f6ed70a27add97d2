import {
  BlindList,
  BlindListBuilder,
  BlindListChain,
  type BlindListPlan,
  type BlindListTimes,
} from '@kakunin/blind-list';
import { ISSUED, REVOKED, type StatusIndexReader } from '@kakunin/status-index';

export interface BlindListBuild {
  readonly index: StatusIndexReader;
  readonly times: BlindListTimes;
  readonly plan: Omit<BlindListPlan, 'certificates' | 'base'>;
  /** Files of the list that a delta follows: the full one, then its deltas; none: a full list. */
  readonly base: readonly Uint8Array[];
}

export type BuiltBlindList =
  | { readonly octets: Uint8Array<ArrayBuffer> }
  /** So many certificates were issued whose fingerprint is not known: the list would have to guess. */
  | { readonly fingerprintsMissing: number };

/** Of the certificates that are not revoked, one in so many is asked about before a list is published. */
const SAMPLE = 64;
const FINGERPRINT_OCTETS = 32;

/**
 * Builds a list or delta of an index that goes on meanwhile, and asks it about every revoked certificate and a sample of the
 * others. What each certificate is, is noted first: a bit each, so that the list is of that, whatever changes later.
 * @throws BlindListError; Error when the list says anything wrong
 */
export function buildBlindList({ index, times, plan, base }: BlindListBuild): BuiltBlindList {
  const { rows } = index;
  const revoked = new Uint8Array(Math.ceil(rows / 8));
  const chain = base.length > 0 ? chainOf(base) : undefined;
  const builder = new BlindListBuilder({ ...plan, certificates: index.issuedCount, ...(chain && { base: chain }) });
  const fingerprint = new Uint8Array(FINGERPRINT_OCTETS);
  let missing = 0;
  for (let ordinal = 0; ordinal < rows; ordinal += 1) {
    const flags = index.flagsAt(ordinal);
    if ((flags & ISSUED) === 0) continue;
    if (!index.fingerprintAt(ordinal, fingerprint)) {
      missing += 1;
      continue;
    }
    const isRevoked = (flags & REVOKED) !== 0;
    if (isRevoked) revoked[ordinal >>> 3]! |= 1 << (ordinal & 7);
    builder.add(fingerprint, isRevoked);
  }
  if (missing > 0) return { fingerprintsMissing: missing };
  const octets = new Uint8Array(builder.build(times));
  const wrong = countWrong(chainOf([...base, octets]), { index, rows, revoked });
  if (wrong > 0) throw new Error(`The blind list that was built is wrong about ${wrong} certificates.`);
  return { octets };
}

function chainOf(files: readonly Uint8Array[]): BlindListChain {
  const [full, ...deltas] = files.map((octets) => BlindList.parse(octets));
  if (!full) throw new TypeError('There is no list.');
  return new BlindListChain(full, deltas);
}

interface Noted {
  readonly index: StatusIndexReader;
  readonly rows: number;
  /** A bit for each ordinal. */
  readonly revoked: Uint8Array;
}

function countWrong(chain: BlindListChain, { index, rows, revoked }: Noted): number {
  const fingerprint = new Uint8Array(FINGERPRINT_OCTETS);
  let wrong = 0;
  for (let ordinal = 0; ordinal < rows; ordinal += 1) {
    const isRevoked = (revoked[ordinal >>> 3]! & (1 << (ordinal & 7))) !== 0;
    if (!isRevoked && ordinal % SAMPLE !== 0) continue;
    if (!index.fingerprintAt(ordinal, fingerprint)) continue;
    if (chain.marks(fingerprint) !== isRevoked) wrong += 1;
  }
  return wrong;
}
