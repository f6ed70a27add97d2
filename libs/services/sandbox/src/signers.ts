import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { equalOctets } from '@kakunin/der';
import {
  certificateDer,
  type DistinguishedName,
  encodeName,
  encodePem,
  extendedKeyUsage,
  isIssuedBy,
  issueCertificate,
  keyUsage,
  ocspNoCheck,
  parseCertificate,
} from '@kakunin/x509';
import type { KeyedAuthority } from './authorities.ts';
import { PUBLIC, readIfThere, SECRET, writeWhole } from './files.ts';
import { keyOf } from './key-pair.ts';
import { nameOfFamily } from './plan.ts';

const HOUR = 3_600_000;

/** Short, because a responder certificate cannot be revoked (nocheck); long enough to outlive a weekend switched off. */
export const RESPONDER_LIFETIME = 7 * 24 * HOUR;
const RENEWED_BEFORE_END = RESPONDER_LIFETIME / 2;

export interface SignerDirectories {
  readonly ocspSignersDirectory: string;
  readonly crlSignersDirectory: string;
}

/** The publisher signs with the authority's own key. */
export async function placeCrlSigner(
  authority: KeyedAuthority,
  { crlSignersDirectory }: SignerDirectories,
): Promise<void> {
  const at = (name: string) => join(crlSignersDirectory, authority.authorityId, name);
  await writeIfOther(at('key.pem'), await readFile(authority.keyFile, 'utf8'), SECRET);
  await writeIfOther(at('certificate.pem'), authority.certificate, PUBLIC);
}

async function writeIfOther(file: string, content: string, mode: number): Promise<void> {
  if ((await readIfThere(file)) !== content) await writeWhole(file, content, mode);
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
  const { publicKey } = await keyOf(join(directory, 'key.pem'), authority.keyType);
  const present = await readIfThere(certificateFile);
  if (present !== undefined && serves(derOf(present), { authority, publicKey, now })) return false;
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

const derOf = (pem: string): Uint8Array => certificateDer(Buffer.from(pem));

/** Of this authority, for this key, and for long enough. */
function serves(
  der: Uint8Array,
  { authority, publicKey, now }: { authority: KeyedAuthority; publicKey: Uint8Array; now: number },
): boolean {
  const certificate = parseCertificate(der);
  return (
    certificate.notAfter - now > RENEWED_BEFORE_END &&
    equalOctets(certificate.publicKey, publicKey) &&
    isIssuedBy(certificate, parseCertificate(derOf(authority.certificate)))
  );
}

const responderName = ({ certificateClass, generation }: KeyedAuthority): DistinguishedName => [
  ...nameOfFamily(certificateClass),
  ['CN', `OCSP responder g${generation}`],
];
