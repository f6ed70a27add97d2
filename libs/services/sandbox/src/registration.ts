import { Readable } from 'node:stream';
import { z } from 'zod';
import { authoritySchema } from '@kakunin/certificates';
import type { ServiceClient } from '@kakunin/service-client';
import { certificateDer } from '@kakunin/x509';
import type { KeyedAuthority } from './authorities.ts';
import { SandboxError } from './sandbox-error.ts';

const summarySchema = z.object({
  imported: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  errors: z.array(z.object({ line: z.number(), reason: z.string() })),
});

/** Ids of the authorities that the registry knows. */
export async function knownAuthorities(registry: ServiceClient): Promise<ReadonlySet<string>> {
  const authorities = await registry.get('/authorities', z.array(authoritySchema.pick({ authorityId: true })));
  return new Set(authorities.map(({ authorityId }) => authorityId));
}

/** Registers an authority with everything that it issued; repeating it changes nothing. */
export async function registerAuthority(
  registry: ServiceClient,
  authority: KeyedAuthority,
  list: string,
): Promise<void> {
  const { authorityId, certificateClass, serialScheme } = authority;
  const certificate = Buffer.from(certificateDer(Buffer.from(authority.certificate))).toString('base64');
  await registry.post('/authorities', { authorityId, certificateClass, serialScheme, certificate }, z.unknown());
  const path = `/authorities/${authorityId}/certificates/import?format=csv`;
  const { rejected, errors } = await registry.upload(path, Readable.from([Buffer.from(list)]), summarySchema);
  if (rejected > 0) {
    const [first] = errors;
    throw new SandboxError(
      `The registry rejects ${rejected} of the sandbox's certificates of ${authorityId}; line ${first?.line}: ${first?.reason}`,
    );
  }
}
