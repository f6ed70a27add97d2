import { join } from 'node:path';
import {
  certificateDer,
  digest,
  encodeName,
  encodePem,
  extendedKeyUsage,
  type Extension,
  issueCertificate,
  keyUsage,
} from '@kakunin/x509';
import type { KeyedAuthority } from './authorities.ts';
import { PUBLIC, readOrCreate } from './files.ts';
import { keyOf } from './key-pair.ts';
import { type Generation, type Plan, type SandboxAuthority, serialNumberOf } from './plan.ts';

/** A certificate to try things with: there is a key for it. Each exists in both families, and both belong to one person. */
export interface Specimen {
  readonly name: SpecimenName;
  readonly generation: Generation;
  readonly status: 'good' | 'revoked' | 'held';
  /** Days from the sandbox's present. */
  readonly validDays: readonly [from: number, to: number];
  readonly person: string;
  /** The specimen that it takes the place of. */
  readonly succeeds?: SpecimenName;
}

export type SpecimenName = 'valid' | 'revoked' | 'held' | 'expired' | 'before-renewal' | 'after-renewal';

const CURRENT = [-30, 1_795] as const;

export const SPECIMENS: readonly Specimen[] = [
  { name: 'expired', generation: 1, status: 'good', validDays: [-1_826, -1], person: 'expired' },
  { name: 'before-renewal', generation: 1, status: 'good', validDays: [-1_766, 60], person: 'renewed' },
  { name: 'valid', generation: 2, status: 'good', validDays: CURRENT, person: 'valid' },
  { name: 'revoked', generation: 2, status: 'revoked', validDays: CURRENT, person: 'revoked' },
  { name: 'held', generation: 2, status: 'held', validDays: CURRENT, person: 'held' },
  {
    name: 'after-renewal',
    generation: 2,
    status: 'good',
    validDays: CURRENT,
    person: 'renewed',
    succeeds: 'before-renewal',
  },
];

/** They come first in the numbering of their authority. */
export const specimensOf = ({ generation }: SandboxAuthority): readonly Specimen[] =>
  SPECIMENS.filter((specimen) => specimen.generation === generation);

const DAY = 86_400_000;
export const daysFrom = ({ createdAt }: Plan, days: number): number => createdAt + days * DAY;

export interface SpecimenFiles {
  /** Such as `signature-valid`. */
  readonly name: string;
  readonly authorityId: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
}

/** In the order of {@link specimensOf}. Makes what an earlier start did not make. */
export const specimenFiles = (
  plan: Plan,
  authority: KeyedAuthority,
  directory: string,
): Promise<readonly SpecimenFiles[]> =>
  Promise.all(
    specimensOf(authority).map(async (specimen, n) => {
      const name = `${authority.certificateClass}-${specimen.name}`;
      const certificateFile = join(directory, `${name}.pem`);
      const keyFile = join(directory, `${name}.key.pem`);
      const { publicKey } = await keyOf(keyFile, authority.keyType);
      const pem = await readOrCreate(certificateFile, PUBLIC, async () =>
        encodePem('CERTIFICATE', await issue(plan, authority, { specimen, n, publicKey })),
      );
      const fingerprint = Buffer.from(digest('sha256', certificateDer(Buffer.from(pem)))).toString('hex');
      return { name, authorityId: authority.authorityId, certificateFile, keyFile, fingerprint };
    }),
  );

function issue(
  plan: Plan,
  authority: KeyedAuthority,
  { specimen, n, publicKey }: { specimen: Specimen; n: number; publicKey: Uint8Array },
): Promise<Uint8Array> {
  const [from, to] = specimen.validDays;
  return issueCertificate({
    issuer: authority,
    subject: encodeName([
      ['C', 'JP'],
      ['CN', `Sandbox ${specimen.name} (${authority.certificateClass})`],
    ]),
    publicKey,
    serialNumber: serialNumberOf(plan, authority, n),
    validity: { notBefore: daysFrom(plan, from), notAfter: daysFrom(plan, to) },
    extensions: usageOf(authority),
  });
}

const usageOf = ({ certificateClass }: SandboxAuthority): readonly Extension[] =>
  certificateClass === 'signature'
    ? [keyUsage('digitalSignature', 'nonRepudiation')]
    : [keyUsage('digitalSignature'), extendedKeyUsage('clientAuth')];
