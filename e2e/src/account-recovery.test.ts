import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DerivedCredentialEvent, type LinkageEvent, WebhookReceiver } from '@kakunin/client/news';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newFolder, type OneProcess } from './support/one-process.ts';
import { kakunin, kakuninOk } from './support/processes.ts';
import { startSandboxCopy } from './support/sandbox-copy.ts';

/**
 * The story of an account that is lost and found: Hanako's bank knows her by a ppid alone, her phone signs in with a FIDO
 * credential that rests on its certificate; the phone is lost; her new card gives the bank the same ppid.
 */
const BANK = 'sandbox-sp-a';
const HANAKO = 'hanako-of-the-story';
const folder = newFolder('recovery');
const environment = { KAKUNIN_LOG_LEVEL: 'error', KAKUNIN_REGISTRY_WEBHOOK_LOOPBACK: 'true' };
let system: OneProcess;
let authority: TestCa;

/** The bank: accounts by ppid, sign-ins by FIDO credential. It stores no certificate and no serial number. */
const accounts = new Map<string, { readonly owner: string; readonly fido: Set<string> }>();
const told: LinkageEvent[] = [];
let door: Server;
let receiver: WebhookReceiver | undefined;

beforeAll(async () => {
  system = await startSandboxCopy(folder, environment);
  authority = await createTestCa();
  writeFileSync(join(folder, 'ca.pem'), authority.certificatePem);
  const about = ['--certificate', 'ca.pem', '--class', 'user-authentication', '--serial-scheme', 'random'];
  await kakuninOk(folder, ['authority', 'register', 'recovery-ca', ...about]);
  door = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const receipt = receiver?.receive({ headers: request.headers, body: Buffer.concat(chunks) });
    if (receipt?.kind === 'verification') return void response.end(receipt.body);
    if (receipt?.kind === 'event') act(receipt.item.event);
    response.writeHead(receipt === undefined || receipt.kind === 'refused' ? 401 : 204).end();
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await system.process.stop();
  door.closeAllConnections();
  door.close();
  rmSync(folder, { recursive: true });
});

/** What the bank does when it is told: a FIDO credential without its ground signs nobody in. */
function act(event: LinkageEvent): void {
  told.push(event);
  if (event.type !== 'derived_credential_changed' || event.state === 'grounded') return;
  for (const { fido } of accounts.values()) fido.delete(event.reference);
}

/** The authority issues a certificate, and tells the registry whose it is. */
async function issue(name: string, holder: string, carrier: 'card' | 'smartphone'): Promise<IssuedCertificate> {
  const issued = await authority.issue();
  writeFileSync(join(folder, `${name}.pem`), issued.certificatePem);
  writeFileSync(join(folder, `${name}.key`), issued.keyPem, { mode: 0o600 });
  const about = ['--certificate', `${name}.pem`, '--carrier', carrier, '--holder', holder];
  await kakuninOk(folder, ['certificate', 'issue', ...about]);
  return issued;
}

/** What the bank is told of who shows a certificate and signs its challenge. */
async function identify(name: string, serviceProvider = BANK): Promise<string> {
  const proof = ['--certificate', `${name}.pem`, '--key', `${name}.key`];
  return (await kakuninOk(folder, ['identify', ...proof, '--service-provider', serviceProvider])).trim();
}

const registerFido = (name: string, reference: string): Promise<string> => {
  const credential = ['--kind', 'fido_credential', '--reference', reference, '--service-provider', BANK];
  const proof = ['--base', `${name}.pem`, '--key', `${name}.key`];
  return kakuninOk(folder, ['derived-credentials', 'register', ...proof, ...credential]);
};
const show = (reference: string) =>
  kakunin(folder, ['derived-credentials', 'show', '--service-provider', BANK, '--reference', reference]);

let phone: IssuedCertificate;

it('the bank has news of its customers sent to it', async () => {
  const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}/kakunin`;
  const register = ['webhooks', 'register', '--service-provider', BANK, '--url', url, '-o', 'json'];
  const { endpoint, key } = JSON.parse(await kakuninOk(folder, register)) as {
    endpoint: { endpointId: string };
    key: { publicKey: string };
  };
  receiver = new WebhookReceiver({ keys: [key.publicKey] });
  await kakuninOk(folder, ['webhooks', 'verify', endpoint.endpointId]);
  expect(await kakuninOk(folder, ['webhooks', 'list', '--service-provider', BANK])).toContain('active');
});

it('Hanako opens an account with her phone, which signs her in from now on', async () => {
  phone = await issue('phone', HANAKO, 'smartphone');
  const ppid = await identify('phone');
  await registerFido('phone', 'fido-of-the-phone');
  accounts.set(ppid, { owner: 'Hanako', fido: new Set(['fido-of-the-phone']) });
  expect(await show('fido-of-the-phone')).toMatchObject({ status: 0 });
});

it('she loses the phone: its certificate is revoked, and the bank is told to let its credential in no more', async () => {
  await kakuninOk(folder, ['certificate', 'revoke', '--certificate', 'phone.pem', '--reason', 'keyCompromise']);
  await expect
    .poll(() => told.map(({ type }) => type).sort())
    .toEqual(['certificate_revoked', 'derived_credential_changed']);
  const changed = told.find((event): event is DerivedCredentialEvent => event.type === 'derived_credential_changed');
  expect(changed).toMatchObject({ reference: 'fido-of-the-phone', state: 'ended', reason: 'base_unsafe' });
  expect([...accounts.values()].map(({ fido }) => fido.size)).toEqual([0]);
  expect(await show('fido-of-the-phone')).toMatchObject({ status: 1 });
  expect(JSON.stringify(told)).not.toContain(phone.certificate.serialNumber);
});

it('her new card, of another key and another serial number, gives the bank the name that it knows', async () => {
  await issue('card', HANAKO, 'card');
  const ppid = await identify('card');
  expect(accounts.get(ppid)).toEqual({ owner: 'Hanako', fido: new Set() });
  await registerFido('card', 'fido-of-the-new-phone');
  accounts.get(ppid)!.fido.add('fido-of-the-new-phone');
  expect(await show('fido-of-the-new-phone')).toMatchObject({ status: 0 });
});

it('nobody else gets in by it: not by another card, nor by the lost phone', async () => {
  await issue('stranger', 'a stranger', 'card');
  expect(accounts.has(await identify('stranger'))).toBe(false);
  const shown = ['identify', '--certificate', 'phone.pem', '--key', 'phone.key', '--service-provider', BANK];
  const lost = await kakunin(folder, shown);
  // It is still hers, and says so; that it is revoked is said as well, and in the exit status.
  expect(accounts.has(lost.stdout.trim())).toBe(true);
  expect(lost.status).toBe(1);
  expect(lost.stderr).toContain('revoked');
  await expect(registerFido('phone', 'fido-of-the-thief')).rejects.toThrow(/base_unfit/);
});

it('and another service knows her by another name', async () => {
  expect(accounts.has(await identify('card', 'sandbox-sp-b'))).toBe(false);
});
