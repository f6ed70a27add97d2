import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ServiceClient, type TlsMaterial } from '@kakunin/service-client';
import { z } from 'zod';
import { CampaignError } from './campaign-error.ts';

const profileSchema = z.object({
  registryUrl: z.url(),
  caFile: z.string(),
  clientCertificateFile: z.string(),
  clientKeyFile: z.string(),
});

export interface Operator {
  readonly registryUrl: string;
  readonly tls: Required<TlsMaterial>;
}

/**
 * The operator of the profile in a folder, whose file names are relative to it.
 * @throws CampaignError when there is none, or it cannot be used
 */
export function operatorOf(folder: string): Operator {
  const file = join(folder, '.kakunin/cli.json');
  try {
    const profile = profileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const read = (name: string): Buffer => readFileSync(resolve(dirname(file), name));
    const { registryUrl, caFile, clientCertificateFile, clientKeyFile } = profile;
    return { registryUrl, tls: { ca: read(caFile), cert: read(clientCertificateFile), key: read(clientKeyFile) } };
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new CampaignError(`The operator's profile ${file} cannot be used: ${reason}`, { cause });
  }
}

/** Calls the registry as the operator of the profile in a folder, over mutual TLS. */
export function registryOf(folder: string): ServiceClient {
  const { registryUrl: url, tls } = operatorOf(folder);
  return new ServiceClient({ service: 'linkage registry', url, tls });
}

export interface Provider {
  readonly code: string;
  readonly certificatePem?: string;
  readonly serviceProviders: readonly string[];
}

/** Registers a platform provider, its client certificate, and the service providers behind it. */
export async function registerProvider(registry: ServiceClient, provider: Provider): Promise<void> {
  const { code, certificatePem, serviceProviders } = provider;
  const put = (party: string, body: object): Promise<unknown> =>
    registry.put(`/relying-parties/${party}`, { name: `負荷試験 ${party}`, ...body }, z.unknown());
  await put(code, { kind: 'platform_provider', roles: ['platform_provider'] });
  if (certificatePem !== undefined) {
    await registry.post(`/relying-parties/${code}/credentials`, { certificate: certificatePem }, z.unknown());
  }
  for (const each of serviceProviders) await put(each, { kind: 'service_provider', roles: [], platformProvider: code });
}
