import { createHash } from 'node:crypto';
import { BlindListBuilder, type BlindListPlan, type BlindListTimes } from '../blind-list-builder.ts';
import { BlindListChain } from '../blind-list-chain.ts';
import { BlindList } from '../blind-list.ts';

/** A certificate of the tests. */
export interface Issued {
  readonly fingerprint: Uint8Array;
  readonly revoked: boolean;
}

export const ISSUER_KEY_HASH = new Uint8Array(32).fill(0xca);
export const NOON = Date.parse('2026-11-23T03:00:00Z');
export const HOUR = 3_600_000;

/** Octets that look random, by number: a mix of its own, so that nothing rests on that of the lists. */
function octetsOf(number: number, length: number): Buffer {
  const octets = Buffer.alloc(length);
  let state = (Math.imul(number, 0x2c9277b5) ^ 0x5f356495) >>> 0;
  for (let at = 0; at < length; at += 4) {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    octets.writeUInt32BE((word ^ (word >>> 14)) >>> 0, at);
  }
  return octets;
}

/** The fingerprint of the certificate of this number. */
export const fingerprint = (number: number): Uint8Array => octetsOf(number, 32);

export const salt = (name: string): Uint8Array => createHash('sha256').update(name).digest().subarray(0, 16);

/** So many certificates, of which about this share is revoked. */
export const issued = (count: number, share: number): Issued[] =>
  Array.from({ length: count }, (_, number) => ({
    fingerprint: fingerprint(number),
    revoked: octetsOf(-1 - number, 4).readUInt32BE() < share * 2 ** 32,
  }));

export const times = (number: number): BlindListTimes => ({
  number,
  issuerKeyHash: ISSUER_KEY_HASH,
  thisUpdate: NOON + number * HOUR,
  nextUpdate: NOON + (number + 24) * HOUR,
  issuedBefore: NOON + number * HOUR - 60_000,
});

/** A list of these certificates, as a file. @param differently what is not as usual */
export function build(
  certificates: readonly Issued[],
  number = 1,
  differently: Partial<BlindListPlan & BlindListTimes> = {},
): Uint8Array {
  const usual = { ...times(number), salt: salt(`list ${number}`), certificates: certificates.length };
  const plan = { ...usual, ...differently };
  const builder = new BlindListBuilder(plan);
  for (const { fingerprint: octets, revoked } of certificates) builder.add(octets, revoked);
  return builder.build(plan);
}

export const chainOf = (...files: readonly Uint8Array[]): BlindListChain => {
  const [full, ...deltas] = files.map((file) => BlindList.parse(file));
  return new BlindListChain(full!, deltas);
};

/** Those of which a list says the wrong thing. */
export const wrong = (chain: BlindListChain, certificates: readonly Issued[]): readonly Issued[] =>
  certificates.filter(({ fingerprint: octets, revoked }) => chain.marks(octets) !== revoked);
