import { encodeDer, integer, octetString, sequence } from '@kakunin/der';
import { type HashAlgorithm, hashAlgorithmIdentifier } from './hash-algorithm.ts';

/** DER of the DigestInfo that RSASSA-PKCS1-v1_5 pads and signs (RFC 8017, 9.2). */
export const digestInfo = (algorithm: HashAlgorithm, value: Uint8Array): Uint8Array =>
  encodeDer(sequence(hashAlgorithmIdentifier[algorithm], octetString(value)));

/**
 * DER of an ECDSA signature (RFC 3279, 2.2.3).
 * @param raw r and s one after the other, equally long, as PKCS #11 and IEEE P1363 write them
 */
export function ecdsaSignature(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  const [r, s] = [raw.subarray(0, half), raw.subarray(half)].map((each) => integer(unsigned(each)));
  return encodeDer(sequence(r, s));
}

const unsigned = (octets: Uint8Array): bigint => BigInt(`0x0${Buffer.from(octets).toString('hex')}`);
