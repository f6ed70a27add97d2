import { join } from 'node:path';
import type { KeyedAuthority } from './authorities.ts';
import type { Plan } from './plan.ts';
import { type ClientFiles, PLATFORM_PROVIDER, platformProviderFiles, SERVICE_PROVIDERS } from './relying-parties.ts';
import { specimenFiles, type SpecimenFiles } from './specimens.ts';

/** What the sandbox keeps on disk. */
export interface SandboxFiles {
  readonly plan: Plan;
  readonly authorities: readonly KeyedAuthority[];
  /** Those of `authorities[n]` at n. */
  readonly specimens: readonly (readonly SpecimenFiles[])[];
  readonly platformProvider: ClientFiles & { readonly certificate: string };
}

/** Beside the authorities themselves: reads them, and makes what an earlier start did not make. */
export async function sandboxFiles(
  plan: Plan,
  authorities: readonly KeyedAuthority[],
  directory: string,
): Promise<SandboxFiles> {
  const [platformProvider, ...specimens] = await Promise.all([
    platformProviderFiles(plan, directory),
    ...authorities.map((authority) => specimenFiles(plan, authority, join(directory, 'certificates'))),
  ]);
  return { plan, authorities, specimens, platformProvider };
}

/** Where things lie that a newcomer tries; `certificates` by name, such as `signature-valid`. */
export interface SandboxDescription {
  readonly authorities: Readonly<Record<string, { readonly certificateFile: string }>>;
  readonly certificates: Readonly<Record<string, SpecimenFiles & { readonly issuerFile: string }>>;
  readonly platformProvider: ClientFiles & { readonly code: string };
  readonly serviceProviders: readonly string[];
}

export function describeFiles({ authorities, specimens, platformProvider }: SandboxFiles): SandboxDescription {
  const { certificateFile, keyFile } = platformProvider;
  return {
    authorities: Object.fromEntries(
      authorities.map((each) => [each.authorityId, { certificateFile: each.certificateFile }]),
    ),
    certificates: Object.fromEntries(
      authorities.flatMap((authority, n) =>
        specimens[n]!.map((specimen) => [specimen.name, { ...specimen, issuerFile: authority.certificateFile }]),
      ),
    ),
    platformProvider: { code: PLATFORM_PROVIDER, certificateFile, keyFile },
    serviceProviders: SERVICE_PROVIDERS,
  };
}
