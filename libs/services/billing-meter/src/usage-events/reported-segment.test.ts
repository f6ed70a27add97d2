import { DIGEST_OCTETS } from '@kakunin/usage';
import { expect, it } from 'vitest';
import { cloudEvent } from '../testing/cloud-events.ts';
import { jst } from '../testing/usage-events.ts';
import { producerOf, usageEventOf } from './reported-segment.ts';
import { readReportedUsage, type ReportedUsage } from './reported-usage.ts';

const report = (attributes: object, data: object): ReportedUsage =>
  readReportedUsage(cloudEvent(attributes, data), {
    tenant: 'pf-a',
    now: jst('2026-11-22T12:00:00'),
    maxAgeDays: 400,
    directory: { standsBehind: () => true },
  }) as ReportedUsage;

const keys = new Map([
  ['2026', Buffer.alloc(32, 1)],
  ['2025', Buffer.alloc(32, 2)],
]);
const digest = (attributes: object, data: object, of: { tenant?: string; known?: typeof keys } = {}): string =>
  Buffer.from(usageEventOf(report(attributes, data), of.tenant ?? 'pf-a', of.known ?? keys).certificateDigest).toString(
    'hex',
  );

it('tells certificates apart within a tenant and a year, and only there', () => {
  const certificate = { certificateKey: 'card-1' };
  const known = digest({ id: '1' }, certificate);
  expect(known).toHaveLength(2 * DIGEST_OCTETS);
  expect(digest({ id: '2', time: '2026-01-01T00:00:00+09:00' }, certificate)).toBe(known);
  const others = [
    digest({}, { certificateKey: 'card-2' }),
    digest({ time: '2025-12-31T23:59:59.999+09:00' }, certificate),
    digest({}, certificate, { tenant: 'pf-b' }),
  ];
  expect(new Set([known, ...others]).size).toBe(4);
});

it('takes every check for the first where no certificate is named, or the key of its year is gone', () => {
  const digests = [
    digest({ id: '1' }, {}),
    digest({ id: '2' }, {}),
    digest({ id: '3' }, { certificateKey: 'k' }, { known: new Map() }),
    digest({ id: '4' }, { certificateKey: 'k' }, { known: new Map() }),
  ];
  expect(new Set(digests).size).toBe(4);
});

it('gives each tenant a producer of its own', () => {
  expect(producerOf('pf-a')).toMatch(/^[0-9a-f]{32}$/);
  expect(producerOf('pf-a')).not.toBe(producerOf('pf-b'));
});
