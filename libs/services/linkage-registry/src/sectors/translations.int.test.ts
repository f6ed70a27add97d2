import { randomUUID, sign } from 'node:crypto';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RegistryWithPeople, startRegistryWithPeople } from '../testing/registry-with-people.ts';

let registry: RegistryWithPeople;
let card: IssuedCertificate;
beforeAll(async () => {
  registry = await startRegistryWithPeople(['sp-a', 'sp-b', 'sp-c']);
  card = await registry.issueTo('taro');
});
afterAll(() => registry.close());

/** What the person signs names to whom he is introduced. */
interface Introduction {
  readonly to?: string;
  readonly signedFor?: string;
  readonly issued?: IssuedCertificate;
}
async function introduce(introduction: Introduction = {}) {
  const { to = 'sp-b', issued = card } = introduction;
  const { signedFor = to } = introduction;
  const challenge = await registry.pf<{ challengeId: string; message: string }>('POST', '/challenges', {
    serviceProvider: 'sp-a',
    use: signedFor === '' ? 'identification' : `translation to ${signedFor}`,
  });
  const { challengeId, message } = challenge.body;
  const signature = sign('sha256', Buffer.from(message, 'base64'), issued.privateKey).toString('base64');
  const { certificatePem: certificate } = issued;
  const body = { serviceProvider: 'sp-a', to, certificate, challengeId, signature };
  return registry.pf<{ token: string; code?: string }>('POST', '/sectors/translations', body);
}
const redeem = (token: string, serviceProvider = 'sp-b') =>
  registry.pf<{ ppid: string; code?: string }>('POST', '/sectors/translations/redemptions', { serviceProvider, token });
const unusable = { status: 409, body: { code: 'translation_unusable' } };

it('lets the other know the person in its own name, once', async () => {
  const { token } = (await introduce()).body;
  expect(await redeem(token, 'sp-c')).toMatchObject(unusable);
  const { body } = await redeem(token);
  expect(body).toEqual({ ppid: await registry.ppid('sp-b', card) });
  expect(body.ppid).not.toBe(await registry.ppid('sp-a', card));
  expect(await redeem(token)).toMatchObject(unusable);
  expect(await redeem('A'.repeat(43))).toMatchObject(unusable);
});

it('is given for what the person signed, and for nothing else', async () => {
  const refused = [
    await introduce({ signedFor: 'sp-c' }),
    await introduce({ signedFor: '' }),
    await introduce({ issued: { ...card, privateKey: (await registry.issueTo('other')).privateKey } }),
  ];
  for (const answer of refused) expect(answer).toMatchObject({ status: 404, body: { code: 'not_identifiable' } });
  expect(await introduce({ to: 'sp-a' })).toMatchObject({ status: 400, body: { code: 'sectors_equal' } });
});

it('follows the person, whatever is mended meanwhile; the token itself is not kept', async () => {
  const twice = await registry.issueTo('taro-twice');
  const { token } = (await introduce({ issued: twice })).body;
  const persons = ['taro', 'taro-twice'].map((holder) => ({ authorityId: 'user-g1', holder }));
  await registry.ca('POST', '/persons/merges', { requestId: randomUUID(), persons });
  const client = new pg.Client(registry.databaseUrl);
  await client.connect();
  const { rows } = await client.query('SELECT t::text FROM translation AS t');
  await client.end();
  expect(JSON.stringify(rows)).not.toContain(token);
  expect((await redeem(token)).body.ppid).toBe(await registry.ppid('sp-b', card));
});
