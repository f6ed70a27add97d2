import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** By name, once a process: OpenSSL is started for each. */
const made = new Map<string, Readonly<Record<'pem' | 'key', Buffer>>>();

/** A self-signed certificate and its key, for a server or a client: `<name>.pem` and `<name>.key` in the folder. */
export function makeCertificate(directory: string, name: string): void {
  const files = { pem: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) };
  const before = made.get(name);
  if (before) {
    writeFileSync(files.pem, before.pem);
    writeFileSync(files.key, before.key, { mode: 0o600 });
    return;
  }
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', files.key];
  const certificate = ['-x509', '-days', '2', '-subj', `/CN=${name}`, '-out', files.pem];
  execFileSync('openssl', ['req', ...key, ...certificate], { stdio: 'ignore' });
  made.set(name, { pem: readFileSync(files.pem), key: readFileSync(files.key) });
}

function makeSigningKey(file: string): string {
  writeFileSync(file, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return file;
}

/** What the billing meter reads from its environment in tests: every port is a free one. */
export const environmentOf = (directory: string, databaseUrl: string): Record<string, string> => ({
  KAKUNIN_BILLING_MANAGEMENT_PORT: '0',
  KAKUNIN_BILLING_DATABASE_URL: databaseUrl,
  KAKUNIN_BILLING_STORE_URL: `file:${join(directory, 'store')}`,
  KAKUNIN_BILLING_API_PORT: '0',
  KAKUNIN_BILLING_API_CERTIFICATE_FILE: join(directory, 'server.pem'),
  KAKUNIN_BILLING_API_KEY_FILE: join(directory, 'server.key'),
  KAKUNIN_BILLING_SIGNING_KEY_FILE: makeSigningKey(join(directory, 'signing.pem')),
  KAKUNIN_BILLING_LEDGER_KEY_FILE: makeSigningKey(join(directory, 'ledger.pem')),
  KAKUNIN_BILLING_LEDGER_INTERVAL_SECONDS: '0.05',
  KAKUNIN_BILLING_ISSUER_NAME: '確認機構',
  KAKUNIN_BILLING_ISSUER_NAME_EN: 'Kakunin Organization',
  KAKUNIN_BILLING_ISSUER_ADDRESS: '東京都千代田区1-1',
  KAKUNIN_BILLING_ISSUER_REGISTRATION_NUMBER: 'T7000012050002',
  KAKUNIN_BILLING_CLOSING_INTERVAL_SECONDS: '0.05',
  KAKUNIN_BILLING_STATUS_PORT: '0',
});
