import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  encodeName,
  encodePem,
  extendedKeyUsage,
  issueCertificate,
  keyUsage,
  ocspNoCheck,
  parseCertificate,
  certificateDer,
  type DistinguishedName,
} from '@kakunin/x509';
import type { KeyedAuthority } from './authorities.ts';
import { PUBLIC, readIfThere, readOrCreate, SECRET, writeWhole } from './files.ts';
import { keyOf } from './key-pair.ts';
import { nameOfFamily } from './plan.ts';

const HOUR = 3_600_000;

/** Short, because a responder certificate cannot be revoked (nocheck); long enough to outlive a weekend switched off. */
export const RESPONDER_LIFETIME = 7 * 24 * HOUR;
/** Renewed when less than half of it is left. */
export const RENEWED_BEFORE_END = RESPONDER_LIFETIME / 2;

export interface SignerDirectories {
  readonly ocspSignersDirectory: string;
  readonly crlSignersDirectory: string;
}

/** The publisher signs with the authority's own key. */
export async function placeCrlSigner(
  authority: KeyedAuthority,
  { crlSignersDirectory }: SignerDirectories,
): Promise<void> {
  const directory = join(crlSignersDirectory, authority.authorityId);
  await readOrCreate(join(directory, 'key.pem'), SECRET, () => readFile(authority.keyFile, 'utf8'));
  await readOrCreate(join(directory, 'certificate.pem'), PUBLIC, () => authority.certificate);
}

/**
 * Gives the responder a certificate of its own for an authority (RFC 6960, 4.2.2.2), or a new one for the same key when
 * the present one ends soon. The responder notices by itself.
 * @returns whether a certificate was made
 */
export async function renewOcspSigner(
  authority: KeyedAuthority,
  { ocspSignersDirectory }: SignerDirectories,
  now: number,
): Promise<boolean> {
  const directory = join(ocspSignersDirectory, authority.authorityId);
  const certificateFile = join(directory, 'certificate.pem');
  const present = await readIfThere(certificateFile);
  if (present !== undefined && endOf(present) - now > RENEWED_BEFORE_END) return false;
  const { publicKey } = await keyOf(join(directory, 'key.pem'), authority.keyType);
  const certificate = await issueCertificate({
    issuer: authority,
    subject: encodeName(responderName(authority)),
    publicKey,
    // 'f' and the instant: apart from the numbers of people's certificates, and never twice.
    serialNumber: `f${now.toString(16).padStart(16, '0')}`,
    validity: { notBefore: now - HOUR, notAfter: now + RESPONDER_LIFETIME },
    extensions: [keyUsage('digitalSignature'), extendedKeyUsage('ocspSigning'), ocspNoCheck()],
  });
  await writeWhole(certificateFile, encodePem('CERTIFICATE', certificate), PUBLIC);
  return true;
}

const endOf = (pem: string): number => parseCertificate(certificateDer(Buffer.from(pem))).notAfter;

const responderName = ({ certificateClass, generation }: KeyedAuthority): DistinguishedName => [
  ...nameOfFamily(certificateClass),
  ['CN', `OCSP responder g${generation}`],
];
