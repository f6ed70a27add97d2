import type { PersonEvent } from '@kakunin/linkage';
import { createTestCa, type IssuedCertificate } from '@kakunin/testing/test-ca';
import type { Send } from './api-client.ts';
import { type Named, identifyAt } from './identify-at.ts';
import { type RegistryUnderTest, startRegistry } from './registry-under-test.ts';

export const AUTHORITY_ID = 'user-g1';

/** A registry with one authority, and a platform provider with service providers behind it. */
export interface RegistryWithPeople extends RegistryUnderTest {
  readonly ca: Send;
  readonly pf: Send;
  /** Issues a certificate to a holder, and registers it. */
  issueTo(holder: string, more?: object): Promise<IssuedCertificate>;
  identify(serviceProvider: string, issued: IssuedCertificate): Promise<Named>;
  ppid(serviceProvider: string, issued: IssuedCertificate): Promise<string>;
  /** All that a service provider was told so far of persons. */
  personNews(serviceProvider: string): Promise<readonly PersonEvent[]>;
}

export async function startRegistryWithPeople(serviceProviders: readonly string[]): Promise<RegistryWithPeople> {
  const registry = await startRegistry();
  const authority = await createTestCa();
  await registry.operator('POST', '/authorities', {
    authorityId: AUTHORITY_ID,
    certificateClass: 'user-authentication',
    certificate: authority.certificatePem,
    serialScheme: { kind: 'random' },
  });
  const ca = await registry.join('ca-office', { kind: 'office', roles: ['certificate_authority'] });
  const pf = await registry.join('pf-a', { kind: 'platform_provider', roles: ['platform_provider'] });
  for (const code of serviceProviders) {
    const party = { name: code, kind: 'service_provider', platformProvider: 'pf-a', roles: [] };
    await registry.operator('PUT', `/relying-parties/${code}`, party);
  }
  const identify = async (serviceProvider: string, issued: IssuedCertificate): Promise<Named> =>
    (await identifyAt(pf, serviceProvider, issued)).body;
  return {
    ...registry,
    ca,
    pf,
    identify,
    ppid: async (serviceProvider, issued) => (await identify(serviceProvider, issued)).ppid,
    issueTo: async (holder, more = {}) => {
      const issued = await authority.issue({ keyType: 'p256' });
      const { serialNumber, notAfter } = issued.certificate;
      const body = { serialNumber, notAfter, carrier: 'card', holder, ...more };
      await registry.operator('POST', `/authorities/${AUTHORITY_ID}/certificates`, body);
      return issued;
    },
    personNews: async (serviceProvider) => {
      const path = `/linkage-events?serviceProvider=${serviceProvider}&limit=1000`;
      const { body } = await pf<{ items: { event: PersonEvent }[] }>('GET', path);
      return body.items.map(({ event }) => event).filter(({ type }) => type.startsWith('person'));
    },
  };
}
