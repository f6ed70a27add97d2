import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import pg from 'pg';
import type { Answer, Send } from '../../testing/api-client.ts';
import { identifyAt } from '../../testing/identify-at.ts';
import { type RegistryUnderTest, startRegistry, until } from '../../testing/registry-under-test.ts';
import type { FeedItem, NewsEvent } from '../feed-event.ts';

/** A registry with an authority, two service providers behind one platform provider, and one behind another. */
export interface NewsUnderTest {
  readonly registry: RegistryUnderTest;
  readonly authority: TestCa;
  /** Of sp-a and sp-b. */
  readonly pf: Send;
  /** Of sp-x. */
  readonly otherPf: Send;
  readonly database: pg.Client;
  /** Issues a certificate, and registers it. */
  issue(holder: string, more?: object): Promise<IssuedCertificate>;
  ppidOf(issued: IssuedCertificate, serviceProvider: string): Promise<string>;
  feedOf(serviceProvider: string, cursor?: string): Promise<Answer<{ items: FeedItem[]; next: string }>>;
  /** Events of a feed, as soon as there are so many. */
  eventsOf(serviceProvider: string, count: number): Promise<NewsEvent[]>;
  /** `revocations`, `holds`, `releases` of a certificate. */
  turn(what: string, issued: IssuedCertificate, more?: object): Promise<unknown>;
  close(): Promise<void>;
}

export async function startNews(options: object = {}): Promise<NewsUnderTest> {
  const registry = await startRegistry('registry', options);
  const authority = await registerAuthority(registry);
  const [pf, otherPf] = await joinProviders(registry);
  const database = new pg.Client(registry.databaseUrl);
  await database.connect();
  const senderOf = (serviceProvider: string): Send => (serviceProvider === 'sp-x' ? otherPf : pf);
  const feedOf: NewsUnderTest['feedOf'] = (serviceProvider, cursor = '0') =>
    senderOf(serviceProvider)('GET', `/linkage-events?serviceProvider=${serviceProvider}&cursor=${cursor}`);
  return {
    registry,
    authority,
    pf,
    otherPf,
    database,
    feedOf,
    issue: (holder, more) => issueTo(registry, authority, { holder, ...more }),
    ppidOf: async (issued, serviceProvider) =>
      (await identifyAt(senderOf(serviceProvider), serviceProvider, issued)).body.ppid,
    eventsOf: async (serviceProvider, count) => {
      let events: NewsEvent[] = [];
      await until(async () => {
        events = (await feedOf(serviceProvider)).body.items.map(({ event }) => event);
        return events.length >= count;
      });
      return events;
    },
    turn: (what, { certificate: { serialNumber } }, more = {}) =>
      registry.operator('POST', `/authorities/user-g1/${what}`, { serialNumber, ...more }),
    close: async () => {
      await database.end();
      await registry.close();
    },
  };
}

async function registerAuthority(registry: RegistryUnderTest): Promise<TestCa> {
  const authority = await createTestCa();
  await registry.operator('POST', '/authorities', {
    authorityId: 'user-g1',
    certificateClass: 'user-authentication',
    certificate: authority.certificatePem,
    serialScheme: { kind: 'random' },
  });
  return authority;
}

async function joinProviders(registry: RegistryUnderTest): Promise<readonly [Send, Send]> {
  const party = { kind: 'platform_provider', roles: ['platform_provider'] };
  const joined = [await registry.join('pf-a', party), await registry.join('pf-b', party)] as const;
  for (const [code, platformProvider] of Object.entries({ 'sp-a': 'pf-a', 'sp-b': 'pf-a', 'sp-x': 'pf-b' })) {
    const provider = { name: code, kind: 'service_provider', platformProvider, roles: [] };
    await registry.operator('PUT', `/relying-parties/${code}`, provider);
  }
  return joined;
}

async function issueTo(registry: RegistryUnderTest, authority: TestCa, more: object): Promise<IssuedCertificate> {
  const issued = await authority.issue();
  const { serialNumber, notAfter } = issued.certificate;
  const certificate = { serialNumber, notAfter, carrier: 'card', certificate: issued.certificatePem };
  await registry.operator('POST', '/authorities/user-g1/certificates', { ...certificate, ...more });
  return issued;
}
