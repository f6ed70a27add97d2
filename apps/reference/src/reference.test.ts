import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { referenceFiles } from './reference.ts';

it('docs/reference says what the code says; when this fails, run "npm run docs"', async () => {
  const directory = join(import.meta.dirname, '../../../docs/reference');
  for (const [path, text] of await referenceFiles())
    expect(readFileSync(join(directory, path), 'utf8'), path).toBe(text);
});

it('knows every option of the four services, and the routes of each', async () => {
  const files = await referenceFiles();
  const configuration = files.get('configuration.md') ?? '';
  for (const name of [
    'KAKUNIN_REGISTRY_DATABASE_URL',
    'KAKUNIN_OCSP_PLAIN_PORT',
    'KAKUNIN_CRL_STORE_URL',
    'KAKUNIN_BILLING_API_PORT',
  ]) {
    expect(configuration).toContain(`\`${name}\``);
  }
  const registry = JSON.parse(files.get('openapi/linkage-registry.json') ?? '{}');
  expect(Object.keys(registry.paths)).toContain('/identifications');
});
