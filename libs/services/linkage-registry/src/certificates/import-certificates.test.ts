import type { CertificateRecord } from '@kakunin/certificates';
import { DatabaseError } from '@kakunin/postgres';
import { expect, it } from 'vitest';
import { importCertificates } from './import-certificates.ts';

const line = (i: number): string => ['V', '361231235959Z', '', i.toString(16), 'unknown', '/CN=x'].join('\t');
const listOf = (count: number): Buffer[] => [
  Buffer.from(Array.from({ length: count }, (_, i) => line(i + 1)).join('\n')),
];

it('commits in batches, and names the first thousand broken lines', async () => {
  const sizes: number[] = [];
  const registry = {
    register: async (_: string, records: readonly CertificateRecord[]) => {
      sizes.push(records.length);
      return records.map(() => 'imported' as const);
    },
  };
  const broken = Buffer.from('\nbroken'.repeat(1_500));
  const summary = await importCertificates({
    registry,
    authorityId: 'a',
    format: 'index.txt',
    text: [...listOf(4_500), broken],
  });
  expect(sizes).toEqual([2_000, 2_000, 500]);
  expect(summary).toMatchObject({ imported: 4_500, unchanged: 0, rejected: 1_500 });
  expect(summary.errors).toHaveLength(1_000);
  expect(summary.errors[0]).toEqual({ line: 4_501, reason: expect.stringContaining('six fields') });
});

it('says how far it came when the database goes away', async () => {
  let calls = 0;
  const registry = {
    register: async (_: string, records: readonly CertificateRecord[]) => {
      if (++calls > 1) throw new DatabaseError('database_unavailable', 'The database is away.');
      return records.map(() => 'imported' as const);
    },
  };
  await expect(
    importCertificates({ registry, authorityId: 'a', format: 'index.txt', text: listOf(3_000) }),
  ).rejects.toMatchObject({ code: 'database_unavailable', message: expect.stringContaining('2000 lines were taken') });
});
