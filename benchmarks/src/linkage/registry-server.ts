import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOPICS } from '@kakunin/event-log';
import { PostgresEventLog } from '@kakunin/event-log-postgres';
import { linkageRegistry } from '@kakunin/linkage-registry';
import { readConfig, startService } from '@kakunin/runtime';

/** CA and operator at once: a caller of the API shows it, and it vouches for the API. */
export const OPERATOR = { certificate: 'tls.pem', key: 'tls.key' } as const;

const SUBJECT = [
  '-x509',
  '-days',
  '2',
  '-subj',
  '/CN=localhost',
  '-addext',
  'subjectAltName=DNS:localhost,IP:127.0.0.1',
];
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export interface RegistryServerInput {
  readonly directory: string;
  readonly databaseUrl: string;
  readonly eventLogUrl: string;
}

/** The whole registry, outbox included. Says `ready <API port> <management port>`. */
export async function serveRegistry({ directory, databaseUrl, eventLogUrl }: RegistryServerInput): Promise<void> {
  const file = (name: string): string => join(directory, name);
  const files = ['-keyout', file(OPERATOR.key), '-out', file(OPERATOR.certificate)];
  execFileSync('openssl', ['req', ...SUBJECT, ...KEY, ...files], { stdio: 'ignore' });
  writeFileSync(file('root-key'), `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  const config = readConfig(linkageRegistry.config, {
    KAKUNIN_LOG_LEVEL: 'error',
    KAKUNIN_REGISTRY_DATABASE_URL: databaseUrl,
    KAKUNIN_REGISTRY_ROOT_KEY_FILE: file('root-key'),
    KAKUNIN_REGISTRY_API_PORT: '0',
    KAKUNIN_REGISTRY_MANAGEMENT_PORT: '0',
    KAKUNIN_REGISTRY_API_CERTIFICATE_FILE: file(OPERATOR.certificate),
    KAKUNIN_REGISTRY_API_KEY_FILE: file(OPERATOR.key),
    KAKUNIN_REGISTRY_OPERATOR_CERTIFICATE_FILE: file(OPERATOR.certificate),
  });
  const eventLog = new PostgresEventLog({ url: eventLogUrl });
  await eventLog.whenReady();
  await eventLog.createTopics(TOPICS);
  const running = await startService(linkageRegistry, { config, eventLog });
  while (!running.health.report().ok) await new Promise((resolve) => setTimeout(resolve, 20));
  process.once('SIGTERM', () => void running.close().then(() => process.exit(0)));
  console.log(`ready ${running.ports['api']} ${running.managementPort}`);
}
