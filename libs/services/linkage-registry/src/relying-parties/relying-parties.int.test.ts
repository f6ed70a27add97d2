import { createHash } from 'node:crypto';
import type { RelyingPartyEvent } from '@kakunin/relying-parties';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Send } from '../testing/api-client.ts';
import { type RegistryUnderTest, startRegistry, until } from '../testing/registry-under-test.ts';

let registry: RegistryUnderTest;
let send: Send;
beforeAll(async () => {
  registry = await startRegistry();
  send = registry.operator;
});
afterAll(() => registry.close());

const PF = { name: 'プラットフォーム甲', kind: 'platform_provider', roles: ['platform_provider'] };

it('registers parties, changes them, and tells the others the whole of each', async () => {
  expect((await send('PUT', '/relying-parties/pf-a', PF)).body).toEqual({ code: 'pf-a', ...PF, credentials: [] });
  await send('PUT', '/relying-parties/pf-a', { ...PF, name: 'プラットフォーム乙' });
  const sp = { name: 'サービス', kind: 'service_provider', platformProvider: 'pf-a', roles: [] };
  expect((await send('PUT', '/relying-parties/sp-a', sp)).status).toBe(200);
  expect((await send<{ code: string }[]>('GET', '/relying-parties')).body.map(({ code }) => code)).toEqual([
    'pf-a',
    'sp-a',
  ]);
  const events = () => registry.eventsOf<RelyingPartyEvent>('relying-party-events');
  await until(async () => (await events()).length === 3);
  expect((await events()).map(({ party }) => party.name)).toEqual([PF.name, 'プラットフォーム乙', 'サービス']);
});

it.each([
  ['a name with U+0000', { name: 'a\u0000b' }],
  ['a name with half a surrogate pair', { name: 'a\ud800' }],
  ['a field that nobody reads', { platformprovider: 'pf-a' }],
  ['a role for a service provider', { kind: 'service_provider', platformProvider: 'pf-a', roles: ['operator'] }],
])('refuses %s', async (_, part) => {
  const answer = await send('PUT', '/relying-parties/odd', { name: 'Odd', kind: 'office', roles: [], ...part });
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', detail: expect.any(String) } });
});

it('lets a credential in, and out again', async () => {
  const client = await registry.office.issueClient('finance');
  const caller = registry.as(client);
  const refusal = async () => (await caller<{ code: string }>('GET', '/relying-parties')).body.code;
  expect(await refusal()).toBe('client_certificate_unknown');
  await send('PUT', '/relying-parties/office', { name: 'Office', kind: 'office', roles: ['finance'] });
  const certificate = client.certificatePem;
  const fingerprint = createHash('sha256').update(client.certificate.der).digest('hex');
  const added = await send('POST', '/relying-parties/office/credentials', { certificate });
  expect(added.body['credentials']).toMatchObject([{ fingerprint, notAfter: client.certificate.notAfter }]);
  expect((await send('POST', '/relying-parties/office/credentials', { certificate })).body).toEqual(added.body);
  await until(async () => (await refusal()) === 'forbidden');
  expect((await send('POST', '/relying-parties/office/credentials/revocations', { fingerprint })).status).toBe(200);
  await until(async () => (await refusal()) === 'client_certificate_revoked');
  expect(await send('POST', '/relying-parties/pf-a/credentials', { certificate })).toMatchObject({
    status: 409,
    body: { code: 'credential_taken' },
  });
});

it.each([
  ['PUT', '/relying-parties/sp-b', { ...PF, kind: 'service_provider' }, 400, 'invalid_request'],
  ['PUT', '/relying-parties/pf-b', { ...PF, platformProvider: 'pf-a' }, 400, 'invalid_request'],
  ['PUT', '/relying-parties/PF-B', PF, 400, 'invalid_request'],
  ['PUT', '/relying-parties/operator', PF, 400, 'invalid_request'],
  ['PUT', '/relying-parties/pf-a', { ...PF, kind: 'office' }, 409, 'relying_party_differs'],
  [
    'PUT',
    '/relying-parties/sp-b',
    { ...PF, kind: 'service_provider', platformProvider: 'sp-a', roles: [] },
    404,
    'relying_party_unknown',
  ],
  ['POST', '/relying-parties/nobody/credentials', { certificate: 'bm8=' }, 400, 'malformed_certificate'],
  [
    'POST',
    '/relying-parties/pf-a/credentials/revocations',
    { fingerprint: '00'.repeat(32) },
    404,
    'credential_unknown',
  ],
])('%s %s %j is refused', async (method, path, body, status, code) => {
  expect(await send(method, path, body)).toMatchObject({ status, body: { code } });
});

it('says that the database is away, and works again when it is back', async () => {
  await registry.server.pause();
  expect(await send('PUT', '/relying-parties/pf-a', PF)).toMatchObject({
    status: 503,
    body: { code: 'database_unavailable' },
  });
  expect(await send('GET', '/authorities')).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
  await registry.server.resume();
  await until(async () => (await send('PUT', '/relying-parties/pf-a', PF)).status === 200);
  await until(async () => registry.service.health.report().ok);
});
