import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceClient } from '@kakunin/service-client';
import { z } from 'zod';

interface Profile {
  readonly registryUrl: string;
  readonly caFile: string;
  readonly clientCertificateFile: string;
  readonly clientKeyFile: string;
}

/** Calls the registry as the operator of the profile in a folder, over mutual TLS. */
export function operatorOf(folder: string): ServiceClient {
  const profile = JSON.parse(readFileSync(join(folder, '.kakunin/cli.json'), 'utf8')) as Profile;
  const { registryUrl: url, caFile, clientCertificateFile, clientKeyFile } = profile;
  const tls = { ca: readFileSync(caFile), cert: readFileSync(clientCertificateFile), key: readFileSync(clientKeyFile) };
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
