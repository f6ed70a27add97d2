import { readFileSync } from 'node:fs';
import { openApiOf, readConfig } from '@kakunin/runtime';
import { expect, it } from 'vitest';
import { linkageRegistry } from './index.ts';

const config = readConfig(linkageRegistry.config, {
  KAKUNIN_REGISTRY_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
  KAKUNIN_REGISTRY_ROOT_KEY_FILE: 'root-key',
  KAKUNIN_REGISTRY_API_CERTIFICATE_FILE: 'server.pem',
  KAKUNIN_REGISTRY_API_KEY_FILE: 'server.key',
});

it('documents every route with its schemas', async () => {
  const { paths } = (await openApiOf(linkageRegistry, config)) as { paths: Record<string, Record<string, object>> };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((name) => `${name} ${path}`),
  );
  expect(routes.sort()).toEqual([
    'get /audit/entries',
    'get /audit/heads',
    'get /authorities',
    'get /authorities/{authorityId}/imports/{importId}',
    'get /data-keys',
    'get /dead-letters',
    'get /linkage-events',
    'get /matchings',
    'get /probing-blocks',
    'get /relying-parties',
    'get /relying-parties/{code}/call-limit',
    'get /relying-parties/{code}/identification-policy',
    'get /sectors/maps/{serviceProvider}',
    'get /sectors/merges/{proposalId}',
    'get /sectors/{sector}',
    'get /signing-keys',
    'get /webhooks',
    'get /webhooks/{endpointId}/dead-letters',
    'post /audit/holder-views',
    'post /authorities',
    'post /authorities/{authorityId}/certificates',
    'post /authorities/{authorityId}/certificates/batch',
    'post /authorities/{authorityId}/certificates/import',
    'post /authorities/{authorityId}/holds',
    'post /authorities/{authorityId}/releases',
    'post /authorities/{authorityId}/restatements',
    'post /authorities/{authorityId}/revocations',
    'post /challenges',
    'post /data-keys/destructions',
    'post /data-keys/resealings',
    'post /data-keys/root-key-retirements',
    'post /data-keys/rotations',
    'post /dead-letters/resolutions',
    'post /derived-credentials',
    'post /derived-credentials/endings',
    'post /derived-credentials/look-ups',
    'post /identifications',
    'post /matchings',
    'post /matchings/{matchingId}/consents',
    'post /matchings/{matchingId}/endings',
    'post /matchings/{matchingId}/evaluations',
    'post /persons/erasures',
    'post /persons/merges',
    'post /persons/retractions',
    'post /persons/splits',
    'post /probing-blocks/lifts',
    'post /relying-parties/{code}/credentials',
    'post /relying-parties/{code}/credentials/revocations',
    'post /sectors/merges/{proposalId}/consents',
    'post /sectors/translations',
    'post /sectors/translations/redemptions',
    'post /sectors/{sector}/destructions',
    'post /sectors/{sector}/rotations',
    'post /serial-disclosures',
    'post /serial-numbers',
    'post /serial-numbers/rotations',
    'post /webhooks',
    'post /webhooks/{endpointId}/redeliveries',
    'post /webhooks/{endpointId}/removals',
    'post /webhooks/{endpointId}/rotations',
    'post /webhooks/{endpointId}/verifications',
    'put /relying-parties/{code}',
    'put /relying-parties/{code}/call-limit',
    'put /relying-parties/{code}/identification-policy',
    'put /sectors/consent-keys/{serviceProvider}',
    'put /sectors/merges/{proposalId}',
    'put /sectors/{sector}/members/{serviceProvider}',
  ]);
  expect(JSON.stringify(paths['/authorities/{authorityId}/revocations'])).toContain('"invalidityDate"');
  expect(JSON.stringify(paths['/identifications'])).toContain('"ppid"');
  expect(JSON.stringify(paths['/authorities/{authorityId}/certificates/import'])).toContain('text/csv');
});

it('has the outbox as its package wrote it', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  const own = read('../prisma/migrations/20261101000100_outbox/migration.sql');
  expect(own).toBe(read('../../../platform/outbox/prisma/outbox.sql'));
});
