import { hash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { SerialScheme } from '@kakunin/certificates';
import type { CertificateClass } from '@kakunin/usage';
import type { DistinguishedName } from '@kakunin/x509';
import { readOrCreate, SECRET } from './files.ts';
import type { KeyType } from './key-pair.ts';

/** Everything that is "random" in the sandbox follows from it, so that creating it twice creates the same. */
export interface Plan {
  readonly seed: string;
  /** Epoch ms, a whole second: the sandbox's present. */
  readonly createdAt: number;
}

const planSchema = z.object({ seed: z.string().regex(/^[0-9a-f]{64}$/), createdAt: z.int() });

/** Written before anything else is made. */
export async function readPlan(directory: string, now: number): Promise<Plan> {
  const fresh: Plan = { seed: randomBytes(32).toString('hex'), createdAt: now - (now % 1000) };
  return planSchema.parse(
    JSON.parse(await readOrCreate(join(directory, 'plan.json'), SECRET, () => JSON.stringify(fresh))),
  );
}

/** 32 octets that depend on the seed and on what they are for; nobody outside can guess them. */
export const derive = ({ seed }: Plan, purpose: string): Buffer => hash('sha256', `${seed} ${purpose}`, 'buffer');

export type Generation = 1 | 2;

export interface SandboxAuthority {
  readonly authorityId: string;
  readonly certificateClass: CertificateClass;
  readonly generation: Generation;
  readonly serialScheme: SerialScheme;
  readonly keyType: KeyType;
}

/** Older generations count their serial numbers, newer ones draw them: both ways of looking them up are used. */
const authority = (certificateClass: CertificateClass, generation: Generation): SandboxAuthority => ({
  authorityId: `${certificateClass}-g${generation}`,
  certificateClass,
  generation,
  serialScheme: generation === 1 ? { kind: 'sequential', first: '1' } : { kind: 'random' },
  keyType: certificateClass === 'signature' ? 'rsa' : 'ec',
});

/** Two families, two key generations each; the older ones first, since certificates succeed those of older ones. */
export const AUTHORITIES: readonly SandboxAuthority[] = [
  authority('signature', 1),
  authority('user-authentication', 1),
  authority('signature', 2),
  authority('user-authentication', 2),
];

/** All key generations of a family have one name, as in JPKI. */
export const nameOfFamily = (certificateClass: CertificateClass): DistinguishedName => [
  ['C', 'JP'],
  ['O', 'Kakunin Sandbox'],
  ['OU', certificateClass === 'signature' ? 'Sandbox CA for digital signature' : 'Sandbox CA for user authentication'],
];

/** 10,000 certificates, 500 of them revoked or held, spread evenly. */
export const CERTIFICATES_PER_AUTHORITY = 2_500;
export const REVOKED_PER_AUTHORITY = 125;

/** Lower-case hexadecimal; what the n-th certificate (from 0) of an authority is numbered. */
export function serialNumberOf(plan: Plan, { authorityId, serialScheme }: SandboxAuthority, n: number): string {
  if (serialScheme.kind === 'sequential') return (BigInt(`0x${serialScheme.first}`) + BigInt(n)).toString(16);
  const octets = derive(plan, `serial ${authorityId} ${n}`).subarray(0, 16);
  // Positive, and without leading zeros.
  octets[0] = (octets[0]! & 0x3f) | 0x40;
  return octets.toString('hex');
}

/** The authority's handle for a person: opaque, as a CA would choose it. */
export const holderOf = (plan: Plan, person: string): string =>
  derive(plan, `holder ${person}`).toString('hex').slice(0, 32);
