import { join } from 'node:path';
import { basicConstraints, encodeName, encodePem, issueCertificate, keyUsage, type SigningKey } from '@kakunin/x509';
import { PUBLIC, readOrCreate } from './files.ts';
import { keyOf } from './key-pair.ts';
import { AUTHORITIES, derive, nameOfFamily, type Plan, type SandboxAuthority } from './plan.ts';

/** An authority of the sandbox with its key, as it lies on disk. */
export interface KeyedAuthority extends SandboxAuthority {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** PEM. */
  readonly certificate: string;
  readonly key: SigningKey;
  /** DER of the name that all generations of the family share. */
  readonly name: Uint8Array;
}

const DAY = 86_400_000;

/** In the order of {@link AUTHORITIES}. Makes what an earlier start did not make. */
export const keyedAuthorities = (plan: Plan, directory: string): Promise<readonly KeyedAuthority[]> =>
  Promise.all(AUTHORITIES.map((authority) => keyedAuthority(plan, authority, join(directory, 'authorities'))));

async function keyedAuthority(plan: Plan, authority: SandboxAuthority, directory: string): Promise<KeyedAuthority> {
  const { authorityId, certificateClass, keyType } = authority;
  const keyFile = join(directory, authorityId, 'ca.key.pem');
  const certificateFile = join(directory, authorityId, 'ca.pem');
  const name = encodeName(nameOfFamily(certificateClass));
  const key = await keyOf(keyFile, keyType);
  const certificate = await readOrCreate(certificateFile, PUBLIC, async () =>
    encodePem('CERTIFICATE', await selfSigned(plan, authorityId, { name, key })),
  );
  return { ...authority, certificateFile, keyFile, certificate, key, name };
}

/** Valid from long before the oldest certificate that it issued until long after the newest. */
const selfSigned = (
  plan: Plan,
  authorityId: string,
  issuer: { name: Uint8Array; key: SigningKey },
): Promise<Uint8Array> =>
  issueCertificate({
    issuer,
    subject: issuer.name,
    publicKey: issuer.key.publicKey,
    serialNumber: `1${derive(plan, `authority ${authorityId}`).toString('hex').slice(0, 30)}`,
    validity: { notBefore: plan.createdAt - 10 * 365 * DAY, notAfter: plan.createdAt + 20 * 365 * DAY },
    extensions: [basicConstraints({ authority: true, pathLength: 0 }), keyUsage('keyCertSign', 'cRLSign')],
  });
