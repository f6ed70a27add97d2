import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { certificateDer, parseCertificate } from '@kakunin/x509';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chargedChecks } from './support/billing.ts';
import { embeddedPostgres } from './support/embedded-event-log.ts';
import { newFolder, type OneProcess } from './support/one-process.ts';
import { kakuninOk } from './support/processes.ts';
import { RetryingChecker } from './support/retrying-checker.ts';
import { startSandboxCopy } from './support/sandbox-copy.ts';

/** kill -9 of the embedded PostgreSQL while the responder is asked. */
const CALLERS = 4;
const folder = newFolder('database');
const at = (path: string): string => join(folder, '.kakunin/sandbox', path);
const certificateFile = at('certificates/signature-valid.pem');
let system: OneProcess;

beforeAll(async () => {
  system = await startSandboxCopy(folder);
});
afterAll(async () => {
  await system?.process.stop();
  rmSync(folder, { recursive: true });
});

const checker = (): RetryingChecker =>
  new RetryingChecker(`${system.profile.ocspUrl}/sandbox-sp-a`, at('authorities/signature-g2/ca.pem'));
const serialNumber = (): string => parseCertificate(certificateDer(readFileSync(certificateFile))).serialNumber;

it('goes on answering, starts the database again, and charges what was answered', async () => {
  const serial = serialNumber();
  let answered = 0;
  const enough = new AbortController();
  const callers = Array.from({ length: CALLERS }, async () => {
    const caller = checker();
    while (!enough.signal.aborted) {
      expect(await caller.check(serial)).toBe('good');
      answered += 1;
    }
  });
  try {
    await expect.poll(() => answered, { timeout: 20_000 }).toBeGreaterThan(100);
    process.kill(embeddedPostgres(folder).pid, 'SIGKILL');
    await system.process.says('PostgreSQL ended by itself');
    const whenItEnded = answered;
    await system.process.says('PostgreSQL runs again');
    expect(answered).toBeGreaterThan(whenItEnded);
  } finally {
    enough.abort();
  }
  await Promise.all(callers);
  const charged = (): Promise<number> => chargedChecks(folder).catch(() => -1);
  await expect.poll(charged, { timeout: 30_000, interval: 250 }).toBe(answered);
});

it('takes revocations again, which reach the responder', async () => {
  await kakuninOk(folder, ['certificate', 'revoke', '--certificate', certificateFile]);
  await expect.poll(() => checker().check(serialNumber()), { timeout: 10_000, interval: 100 }).toBe('revoked');
});
