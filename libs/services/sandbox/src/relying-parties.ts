import { join } from 'node:path';
import { z } from 'zod';
import type { ServiceClient } from '@kakunin/service-client';
import { encodeName, encodePem, extendedKeyUsage, issueCertificate, keyUsage } from '@kakunin/x509';
import { PUBLIC, readOrCreate } from './files.ts';
import { keyOf } from './key-pair.ts';
import { derive, type Plan } from './plan.ts';

export const PLATFORM_PROVIDER = 'sandbox-pf';
export const SERVICE_PROVIDERS = ['sandbox-sp-a', 'sandbox-sp-b'] as const;

export interface ClientFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

const DAY = 86_400_000;
const answer = z.unknown();

/** The PF provider's client certificate: signed by itself, since callers are known by fingerprint and not by issuer. */
export async function platformProviderFiles(
  plan: Plan,
  directory: string,
): Promise<ClientFiles & { certificate: string }> {
  const at = (name: string) => join(directory, 'relying-parties', PLATFORM_PROVIDER, name);
  const [certificateFile, keyFile] = [at('certificate.pem'), at('key.pem')];
  const key = await keyOf(keyFile, 'ec');
  const certificate = await readOrCreate(certificateFile, PUBLIC, async () => {
    const name = encodeName([
      ['O', 'Kakunin Sandbox'],
      ['CN', PLATFORM_PROVIDER],
    ]);
    const der = await issueCertificate({
      issuer: { name, key },
      subject: name,
      publicKey: key.publicKey,
      serialNumber: `1${derive(plan, PLATFORM_PROVIDER).toString('hex').slice(0, 30)}`,
      validity: { notBefore: plan.createdAt - DAY, notAfter: plan.createdAt + 10 * 365 * DAY },
      extensions: [keyUsage('digitalSignature'), extendedKeyUsage('clientAuth')],
    });
    return encodePem('CERTIFICATE', der);
  });
  return { certificateFile, keyFile, certificate };
}

/** One PF provider with its credential, and the service providers behind it. */
export async function registerRelyingParties(registry: ServiceClient, certificate: string): Promise<void> {
  const put = (code: string, party: object) => registry.put(`/relying-parties/${code}`, party, answer);
  await put(PLATFORM_PROVIDER, {
    name: 'サンドボックス PF 事業者',
    kind: 'platform_provider',
    roles: ['platform_provider'],
  });
  await registry.post(`/relying-parties/${PLATFORM_PROVIDER}/credentials`, { certificate }, answer);
  for (const [index, code] of SERVICE_PROVIDERS.entries()) {
    await put(code, {
      name: `サンドボックス SP 事業者 ${'AB'[index]}`,
      kind: 'service_provider',
      platformProvider: PLATFORM_PROVIDER,
      roles: [],
    });
  }
}
