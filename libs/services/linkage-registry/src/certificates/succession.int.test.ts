import { randomUUID } from 'node:crypto';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AUTHORITY_ID, type RegistryWithPeople, startRegistryWithPeople } from '../testing/registry-with-people.ts';

let registry: RegistryWithPeople;
beforeAll(async () => {
  registry = await startRegistryWithPeople(['sp-a']);
});
afterAll(() => registry.close());

const after = ({ certificate: { serialNumber } }: IssuedCertificate) => ({ predecessor: { serialNumber } });

it('has no circles, by way of certificates that are not named either; their person can be erased', async () => {
  const first = await registry.issueTo('ouroboros');
  const second = await registry.issueTo('ouroboros', after(first));
  const third = await registry.issueTo('ouroboros', after(second));
  const { serialNumber, notAfter } = first.certificate;
  const path = `/authorities/${AUTHORITY_ID}/certificates`;
  const circle = await registry.ca('POST', path, { serialNumber, notAfter, carrier: 'card', ...after(third) });
  expect(circle).toMatchObject({ status: 409, body: { code: 'succession_circular' } });
  const person = { authorityId: AUTHORITY_ID, holder: 'ouroboros' };
  const erased = await registry.ca('POST', '/persons/erasures', { requestId: randomUUID(), person });
  expect(erased.body).toMatchObject({ outcome: 'erased' });
});
