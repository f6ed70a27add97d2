import { openApiOf, readConfig } from '@kakunin/runtime';
import { expect, it } from 'vitest';
import { billingMeter } from './index.ts';

it('documents every route with its schemas', async () => {
  const config = readConfig(billingMeter.config, {
    KAKUNIN_BILLING_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    KAKUNIN_BILLING_API_CERTIFICATE_FILE: 'server.pem',
    KAKUNIN_BILLING_API_KEY_FILE: 'server.key',
    KAKUNIN_BILLING_LEDGER_KEY_FILE: 'ledger.pem',
    KAKUNIN_BILLING_SIGNING_KEY_FILE: 'signing.pem',
  });
  const { paths } = (await openApiOf(billingMeter, config)) as { paths: Record<string, Record<string, unknown>> };
  expect(
    Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((name) => `${name} ${path}`)),
  ).toEqual([
    'post /refused-usage-segments/redeliver',
    'get /billing/{period}/records',
    'get /billing/{period}/records/proof',
    'get /billing/{period}',
    'get /statements/{period}/{customer}/{document}',
    'get /statements/{period}/{customer}/credit-notes/{number}/{document}',
    ...['/tariffs', '/waivers', '/commitments', '/resale/tariffs'].flatMap((path) => [
      `get ${path}`,
      `post ${path}`,
      `get ${path}/{id}/revisions`,
      `post ${path}/{id}/revisions`,
      `post ${path}/{id}/end`,
    ]),
    'get /resale/{period}',
    'post /usage-removals',
    'post /simulations',
    'get /usage/today',
    'get /usage',
    'get /usage-events/quarantine',
    'post /usage-events',
    'get /ledgers/{customer}/checkpoint',
    'get /ledgers/{customer}/key',
    'get /ledgers/{customer}/tile/{path}',
    'get /signing-key',
    'get /billing/{period}/close',
    'post /billing/{period}/close',
    'get /statements',
    'get /statements/{period}/{customer}',
    'get /statements/{period}/{customer}/credit-notes',
    'post /statements/{period}/{customer}/credit-notes',
    'get /reconciliation/{period}',
    'get /usage-producers',
    'post /usage-producers/{producer}/retire',
  ]);
  const answer = JSON.stringify(paths['/billing/{period}']);
  expect(answer).toContain('"amountDue"');
  expect(answer).toContain('text/csv');
  expect(JSON.stringify(paths['/tariffs'])).toContain('"unitPrice"');
});
