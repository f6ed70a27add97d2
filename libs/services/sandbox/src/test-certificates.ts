import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PUBLIC, readOrCreate } from './files.ts';
import type { SpecimenFiles } from './specimens.ts';

/** Of the family whose valid certificate the newcomer's story does not revoke. */
const OFFERED = ['valid', 'revoked', 'expired'].map((status) => `user-authentication-${status}`);

/** Lays the certificates, without their keys, where the public page offers them to verifiers. */
export async function offerTestCertificates(specimens: readonly SpecimenFiles[], directory: string): Promise<void> {
  const offered = specimens.filter(({ name }) => OFFERED.includes(name));
  await Promise.all(
    offered.map(({ name, certificateFile }) =>
      readOrCreate(join(directory, `${name}.pem`), PUBLIC, () => readFile(certificateFile, 'utf8')),
    ),
  );
}
