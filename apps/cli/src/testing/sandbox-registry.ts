import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS } from '@kakunin/event-log';
import { linkageRegistry } from '@kakunin/linkage-registry';
import { createLogger, startService, systemClock } from '@kakunin/runtime';
import { createSandbox, type SandboxDescription } from '@kakunin/sandbox';
import { createTestCa, InMemoryEventLog, sharedTestPostgres } from '@kakunin/testing';
import type { profileSchema } from '../profile.ts';
import type { z } from 'zod';

/** The real registry, filled by the sandbox, with the profile that calls it. */
export interface SandboxRegistry {
  readonly sandbox: SandboxDescription;
  readonly profile: z.input<typeof profileSchema>;
  close(): Promise<void>;
}

const logger = createLogger('registry', 'silent');

export async function startSandboxRegistry(): Promise<SandboxRegistry> {
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-cli-registry-'));
  const files = await writeFiles(directory);
  const { caFile, certificateFile, keyFile } = files;
  const postgres = await sharedTestPostgres();
  const registry = await startRegistry(await postgres.createDatabase('registry'), files);
  const registryUrl = `https://localhost:${registry.ports['api']}`;
  const sandbox = await createSandbox({
    dataDirectory: directory,
    registryUrl,
    tls: { caFile, certificateFile, keyFile },
    ocspSignersDirectory: join(directory, 'ocsp'),
    crlSignersDirectory: join(directory, 'crl'),
    testCertificatesDirectory: join(directory, 'test-certificates'),
    clock: systemClock,
    logger,
  });
  const description = sandbox!.describe();
  const { platformProvider } = description;
  return {
    sandbox: description,
    profile: { registryUrl, caFile, clientCertificateFile: certificateFile, clientKeyFile: keyFile, platformProvider },
    close: async () => {
      sandbox!.close();
      await registry.close();
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

type Files = Awaited<ReturnType<typeof writeFiles>>;

async function writeFiles(directory: string) {
  const ca = await createTestCa();
  const [server, operator] = await Promise.all([ca.issueServer(), ca.issueClient('operator')]);
  const write = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    return join(directory, name);
  };
  return {
    caFile: write('ca.pem', ca.certificatePem),
    certificateFile: write('operator.pem', operator.certificatePem),
    keyFile: write('operator.key', operator.keyPem),
    apiCertificateFile: write('server.pem', server.certificatePem),
    apiKeyFile: write('server.key', server.keyPem),
    rootKeyFile: write('root-key', 'cd'.repeat(32)),
  };
}

function startRegistry(databaseUrl: string, { apiCertificateFile, apiKeyFile, rootKeyFile, certificateFile }: Files) {
  const config = linkageRegistry.config.schema.parse({
    databaseUrl,
    rootKeyFile,
    apiPort: 0,
    managementPort: 0,
    apiCertificateFile,
    apiKeyFile,
    operatorCertificateFile: certificateFile,
  });
  return startService(linkageRegistry, { config, eventLog: new InMemoryEventLog(TOPICS), logger });
}
