import type { CertificateEvent } from '@kakunin/certificates';
import { createTestCa } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RegistryUnderTest, startRegistry, until } from '../testing/registry-under-test.ts';

let registry: RegistryUnderTest;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

const events = () => registry.eventsOf<CertificateEvent>('certificate-events');

it('of a certificate is announced every time, and wanted where its authority has partitions', async () => {
  const send = registry.operator;
  const authority = {
    authorityId: 'partitioned',
    certificateClass: 'signature',
    certificate: (await createTestCa()).certificatePem,
    serialScheme: { kind: 'random' },
    partitioned: true,
  };
  expect(await send('POST', '/authorities', authority)).toMatchObject({ status: 200, body: { partitioned: true } });
  const path = '/authorities/partitioned';
  const issuance = { serialNumber: '1', notAfter: Date.UTC(2036, 11, 31), carrier: 'card' };
  expect(await send('POST', `${path}/certificates`, issuance)).toMatchObject({
    status: 400,
    body: { code: 'partition_missing' },
  });
  const partition = '13101';
  expect(await send('POST', `${path}/certificates`, { ...issuance, partition })).toMatchObject({ status: 200 });
  expect(await send('POST', `${path}/holds`, { serialNumber: '1' })).toMatchObject({ status: 200 });
  await until(async () => (await events()).length === 3);
  expect(await events()).toMatchObject([{ authority: { partitioned: true } }, { partition }, { partition }]);
});
