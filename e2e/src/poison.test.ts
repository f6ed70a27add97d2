import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateEvent } from '@kakunin/certificates';
import type { PostgresEventLog } from '@kakunin/event-log-postgres';
import { certificateDer, parseCertificate } from '@kakunin/x509';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbeddedEventLog } from './support/embedded-event-log.ts';
import { newFolder, type OneProcess } from './support/one-process.ts';
import { kakunin, kakuninOk, run } from './support/processes.ts';
import { startSandboxCopy } from './support/sandbox-copy.ts';

/** Runbook authority-blocked, step by step: a poison event, `tryLater`, restate, resolve, and the truth again. */
const folder = newFolder('poison');
const at = (path: string): string => join(folder, '.kakunin/sandbox', path);
const AUTHORITY = 'signature-g2';
const SECONDS = { timeout: 15_000, interval: 100 };
let system: OneProcess;
let eventLog: PostgresEventLog;

beforeAll(async () => {
  system = await startSandboxCopy(folder, { KAKUNIN_LOG_LEVEL: 'fatal' });
  eventLog = await openEmbeddedEventLog(folder);
});
afterAll(async () => {
  await eventLog?.close();
  await system?.process.stop();
  rmSync(folder, { recursive: true });
});

const specimen = (name: string): string => at(`certificates/${name}.pem`);

async function ask(name: string, authorityId = AUTHORITY): Promise<string> {
  const ca = at(`authorities/${authorityId}/ca.pem`);
  const url = `${system.profile.ocspUrl}/sandbox-sp-a`;
  const args = ['ocsp', '-issuer', ca, '-cert', specimen(name), '-CAfile', ca, '-url', url];
  const { stdout, stderr } = await run('openssl', args);
  return stdout + stderr;
}

/** What somebody else than the registry says, in the place of the registry. */
let sequence = 0;
async function append(value: Buffer): Promise<void> {
  const headers = { producer: 'somebody-else', sequence: String((sequence += 1)) };
  await eventLog.append([{ topic: 'certificate-events', key: AUTHORITY, value, headers }]);
}

function heldByNobody(): Buffer {
  const { serialNumber, notAfter } = parseCertificate(certificateDer(readFileSync(specimen('signature-valid'))));
  const value: CertificateEvent = {
    type: 'certificate_status',
    authorityId: AUTHORITY,
    serialNumber,
    carrier: 'card',
    notAfter,
    status: { status: 'revoked', reason: 'certificateHold', revocationDate: Math.floor(Date.now() / 1_000) * 1_000 },
  };
  return Buffer.from(JSON.stringify(value));
}

interface Letter {
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
}
const letters = async (): Promise<Letter[]> =>
  JSON.parse(await kakuninOk(folder, ['dead-letters', 'list', '-o', 'json']));

it('stops the authority at an event that cannot be read, and no other one', async () => {
  expect(await ask('signature-valid')).toContain(': good');
  await append(heldByNobody());
  await append(Buffer.from('{"type":"certificate_status","serialNumber":'));
  await expect.poll(() => ask('signature-valid'), SECONDS).toContain('trylater');
  expect(await ask('user-authentication-valid', 'user-authentication-g2')).toContain(': good');
});

it('shows the dead letter of each service that stopped, without what it said', async () => {
  // The responder and the publisher.
  await expect.poll(async () => (await letters()).length, SECONDS).toBe(2);
  const [first, second] = await letters();
  expect(first).toMatchObject({ key: AUTHORITY });
  expect(second).toMatchObject({ partition: first!.partition, offset: first!.offset });
});

it('takes revocations all the while, and goes on saying tryLater after a restatement alone', async () => {
  await kakuninOk(folder, ['certificate', 'revoke', '--certificate', specimen('signature-after-renewal')]);
  await kakuninOk(folder, ['certificate', 'restate', '--certificate', specimen('signature-valid')]);
  expect(await ask('signature-valid')).toContain('trylater');
});

it('answers what stands in the registry once the dead letter is resolved', async () => {
  const { partition, offset } = (await letters())[0]!;
  const place = ['--authority', AUTHORITY, '--partition', String(partition), '--offset', offset];
  await kakuninOk(folder, ['dead-letters', 'resolve', ...place, '--note', 'a test wrote it; stated again']);
  await expect.poll(() => ask('signature-valid'), SECONDS).toContain(': good');
  expect(await ask('signature-after-renewal')).toContain(': revoked');
});

it('says so when there is nothing to state', async () => {
  const unknown = ['certificate', 'restate', '--authority', AUTHORITY, '--serial', '-'];
  const { status, stderr } = await kakunin(folder, unknown, 'deadbeef\n');
  expect(status).toBe(1);
  expect(stderr).toContain('certificate_unknown');
  expect(stderr).not.toContain('deadbeef');
});
