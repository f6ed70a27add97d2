import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOpensslCa, openssl } from '@kakunin/testing/openssl-ca';
import { expect, it } from 'vitest';
import type { ParsedLine } from './import-record.ts';
import { parseIndexTxtLine } from './index-txt.ts';

/** Every way in which `openssl ca -revoke` can be told why, and what it means. */
const REVOCATIONS: readonly (readonly [option: readonly string[], expected: object])[] = [
  [[], { reason: 'unspecified' }],
  [['-crl_reason', 'unspecified'], { reason: 'unspecified' }],
  [['-crl_reason', 'keyCompromise'], { reason: 'keyCompromise' }],
  [['-crl_reason', 'CACompromise'], { reason: 'cACompromise' }],
  [['-crl_reason', 'affiliationChanged'], { reason: 'affiliationChanged' }],
  [['-crl_reason', 'superseded'], { reason: 'superseded' }],
  [['-crl_reason', 'cessationOfOperation'], { reason: 'cessationOfOperation' }],
  [['-crl_reason', 'certificateHold'], { reason: 'certificateHold' }],
  [['-crl_hold', 'holdInstructionReject'], { reason: 'certificateHold' }],
  [['-crl_compromise', '20260301000000Z'], { reason: 'keyCompromise', invalidityDate: Date.UTC(2026, 2, 1) }],
  [['-crl_CA_compromise', '20260301000000Z'], { reason: 'cACompromise', invalidityDate: Date.UTC(2026, 2, 1) }],
];

it('reads what the real openssl ca writes, for every reason that it knows', async () => {
  const ca = await createOpensslCa(mkdtempSync(join(tmpdir(), 'kakunin-index-txt-')));
  await ca.issue('good');
  for (const [i, [option]] of REVOCATIONS.entries()) {
    const { certificateFile } = await ca.issue(`revoked-${i}`);
    await openssl(['ca', '-config', 'openssl.cnf', '-revoke', certificateFile, ...option], { cwd: ca.directory });
  }
  const lines = readFileSync(ca.indexFile, 'utf8').trimEnd().split('\n');
  const statuses = lines.map((text, i) => statusOf(parseIndexTxtLine(i + 1, text)));
  expect(statuses[0]).toEqual({ status: 'good' });
  expect(statuses.slice(1)).toEqual(
    REVOCATIONS.map(([, expected]) => ({ status: 'revoked', revocationDate: expect.any(Number), ...expected })),
  );
});

const statusOf = (parsed: ParsedLine | undefined): unknown =>
  parsed && 'record' in parsed ? parsed.record.status : parsed;
