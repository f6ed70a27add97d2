import { ISSUED, REVOKED, SMARTPHONE, REASON_SHIFT } from '@kakunin/status-index';
import { decodeUsageRecords } from '@kakunin/usage';
import { createTestCa } from '@kakunin/testing/test-ca';
import { beforeAll, expect, test } from 'vitest';
import { TestAuthority } from '../testing/engine-world.ts';
import { CustomerTally } from '@kakunin/usage-journal/writer';
import { CustomerUsage } from './customer-usage.ts';
import { countedAs } from './usage-kind.ts';

const customer = {
  platformProvider: 'pf',
  serviceProvider: 'bank',
  purpose: 'liveness_check',
  charged: true,
} as const;
const occurrence = { time: 1, requestDigest: Buffer.alloc(16, 1), certificateDigest: Buffer.alloc(16, 2) };

let authority: TestAuthority;
beforeAll(async () => {
  authority = new TestAuthority('signature-g1', await createTestCa());
});

test.each([
  ['never issued', 0, { outcome: 'unknown', carrier: 'card' }],
  ['good', ISSUED, { outcome: 'good', carrier: 'card' }],
  ['good', ISSUED | SMARTPHONE, { outcome: 'good', carrier: 'smartphone' }],
  ['revoked', ISSUED | REVOKED, { outcome: 'revoked', carrier: 'card' }],
  ['held', ISSUED | REVOKED | SMARTPHONE | (6 << REASON_SHIFT), { outcome: 'revoked', carrier: 'smartphone' }],
] as const)('%s with the flags %i counts as %o', (_, flags, expected) => {
  expect(countedAs(flags)).toEqual(expected);
  const template = new CustomerUsage(customer, { tally: new CustomerTally(), receipts: undefined }).templateOf(
    authority,
    flags,
  );
  const record = Buffer.alloc(template.length);
  template.write(record, 0, occurrence);
  const { platformProvider, serviceProvider, purpose } = customer;
  expect(decodeUsageRecords(record).events).toMatchObject([
    { platformProvider, serviceProvider, purpose, authorityId: 'signature-g1', channel: 'ocsp', ...expected },
  ]);
});
