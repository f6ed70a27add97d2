import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billingMeter } from '@kakunin/billing-meter';
import { PostgresEventLog } from '@kakunin/event-log-postgres';
import { readConfig, startService } from '@kakunin/runtime';

export interface MeterServerInput {
  readonly directory: string;
  readonly databaseUrl: string;
  readonly eventLogUrl: string;
  readonly closingIntervalSeconds: string;
}

/**
 * The whole billing meter. Ledgers, and closing unless it is measured, wait for an hour: they follow what is counted, and would
 * be charged to the counting. Says `ready <API port> <management port>`.
 */
export async function serveMeter({ directory, databaseUrl, eventLogUrl, ...timing }: MeterServerInput): Promise<void> {
  const file = (name: string): string => join(directory, name);
  const subject = [
    '-x509',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
  ];
  execFileSync('openssl', ['req', ...subject, '-nodes', '-keyout', file('tls.key'), '-out', file('tls.pem')], {
    stdio: 'ignore',
  });
  for (const name of ['signing.pem', 'ledger.pem'])
    writeFileSync(file(name), generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const config = readConfig(billingMeter.config, {
    KAKUNIN_LOG_LEVEL: 'error',
    KAKUNIN_BILLING_DATABASE_URL: databaseUrl,
    KAKUNIN_BILLING_STORE_URL: `file:${file('store')}`,
    KAKUNIN_BILLING_API_PORT: '0',
    KAKUNIN_BILLING_MANAGEMENT_PORT: '0',
    KAKUNIN_BILLING_API_CERTIFICATE_FILE: file('tls.pem'),
    KAKUNIN_BILLING_API_KEY_FILE: file('tls.key'),
    KAKUNIN_BILLING_OPERATOR_CERTIFICATE_FILE: file('tls.pem'),
    KAKUNIN_BILLING_SIGNING_KEY_FILE: file('signing.pem'),
    KAKUNIN_BILLING_LEDGER_KEY_FILE: file('ledger.pem'),
    KAKUNIN_BILLING_LEDGER_INTERVAL_SECONDS: '3600',
    KAKUNIN_BILLING_CLOSING_INTERVAL_SECONDS: timing.closingIntervalSeconds,
    KAKUNIN_BILLING_ISSUER_NAME: '確認機構',
    KAKUNIN_BILLING_ISSUER_REGISTRATION_NUMBER: 'T7000012050002',
  });
  const eventLog = new PostgresEventLog({ url: eventLogUrl });
  await eventLog.whenReady();
  const running = await startService(billingMeter, { config, eventLog });
  while (!running.health.report().ok) await new Promise((resolve) => setTimeout(resolve, 20));
  process.once('SIGTERM', () => void running.close().then(() => process.exit(0)));
  console.log(`ready ${running.ports['api']} ${running.managementPort}`);
}
