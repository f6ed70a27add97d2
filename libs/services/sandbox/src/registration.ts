import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { authoritySchema } from '@kakunin/certificates';
import { ServiceCallError, type ServiceClient } from '@kakunin/service-client';
import { certificateDer } from '@kakunin/x509';
import type { KeyedAuthority } from './authorities.ts';
import { SandboxError } from './sandbox-error.ts';

const summarySchema = z.object({
  imported: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  errors: z.array(z.object({ line: z.number(), reason: z.string() })),
});

/** How often a registry is asked that cannot answer yet, and the pause in between (milliseconds). */
const TRIES = 300;
const PAUSE = 100;

/** Ids of the authorities that the registry knows; waits while the registry is still connecting to its database. */
export async function knownAuthorities(registry: ServiceClient): Promise<ReadonlySet<string>> {
  for (let tries = 1; ; tries += 1) {
    try {
      const authorities = await registry.get('/authorities', z.array(authoritySchema.pick({ authorityId: true })));
      return new Set(authorities.map(({ authorityId }) => authorityId));
    } catch (error) {
      if (!(error instanceof ServiceCallError) || error.code !== 'unable' || tries === TRIES) throw error;
      await sleep(PAUSE);
    }
  }
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
