import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crlPublisher } from '@kakunin/crl-publisher';
import { TOPICS } from '@kakunin/event-log';
import { readConfig, startService } from '@kakunin/runtime';
import { InMemoryEventLog } from '@kakunin/testing';

/** A whole publisher whose database is away: it goes on serving what is published. Says `ready <port>`. */
export async function servePublisher(directory: string): Promise<void> {
  const manifestKeyFile = join(directory, 'manifest-key.pem');
  writeFileSync(manifestKeyFile, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const config = readConfig(crlPublisher.config, {
    KAKUNIN_LOG_LEVEL: 'fatal',
    KAKUNIN_CRL_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    KAKUNIN_CRL_STORE_URL: `file:${join(directory, 'published')}`,
    KAKUNIN_CRL_SIGNERS_DIRECTORY: join(directory, 'signers'),
    KAKUNIN_CRL_MANIFEST_KEY_FILE: manifestKeyFile,
    KAKUNIN_CRL_SNAPSHOT_DIRECTORY: join(directory, 'status'),
    KAKUNIN_CRL_PUBLIC_PORT: '0',
    KAKUNIN_CRL_MANAGEMENT_PORT: '0',
  });
  const running = await startService(crlPublisher, { config, eventLog: new InMemoryEventLog(TOPICS) });
  process.once('SIGTERM', () => void running.close().then(() => process.exit(0)));
  console.log(`ready ${running.ports['public']}`);
}
