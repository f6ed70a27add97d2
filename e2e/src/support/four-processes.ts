import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPostgres } from '@kakunin/testing';
import { createTestCa, type IssuedCertificate } from '@kakunin/testing/test-ca';
import type { CertificateFiles } from '@kakunin/testing/openssl-ca';
import { freePorts, type Ports, portVariables } from './ports.ts';
import { PROVIDER } from './private-authority.ts';
import { startProcess, type TestProcess } from './processes.ts';

export type AppName = 'linkage-registry' | 'ocsp-responder' | 'crl-publisher' | 'billing-meter';
const APPS: readonly AppName[] = ['linkage-registry', 'ocsp-responder', 'crl-publisher', 'billing-meter'];

const DATABASES = {
  KAKUNIN_REGISTRY_DATABASE_URL: 'kakunin_linkage_registry',
  KAKUNIN_BILLING_DATABASE_URL: 'kakunin_billing_meter',
  KAKUNIN_CRL_DATABASE_URL: 'kakunin_crl_publisher',
} as const;

/** A broker that was killed may take a minute to come back on a machine that is busy, and services wait for it. */
const READY_LIMIT_MS = 180_000;

type Databases = Pick<TestPostgres, 'createDatabase'>;

export interface FourProcesses {
  readonly ports: Ports;
  readonly clientFiles: CertificateFiles;
  readonly environment: Readonly<Record<string, string>>;
  process(app: AppName): TestProcess;
  /** Starts one again, after it was stopped or killed, with variables beside the others; resolves when it is ready. */
  restart(app: AppName, more?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the four apps as four processes, on the PostgreSQL given.
 * @param more variables: where the event log is, and what else a test wants otherwise
 */
export async function startFourProcesses(
  folder: string,
  postgres: Databases,
  more: Readonly<Record<string, string>>,
): Promise<FourProcesses> {
  const ports = await freePorts();
  const { environment, clientFiles } = await prepare(folder, { postgres, more, ports });
  const processes = new Map<AppName, TestProcess>();
  const start = async (app: AppName, others: Readonly<Record<string, string>> = {}): Promise<void> => {
    const started = startProcess(`apps/${app}/dist/main.js`, { ...environment, ...others });
    processes.set(app, started);
    await ready(started, managementPort(ports, app));
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...processes.values()].map((one) => one.stop()));
  };
  try {
    await Promise.all(APPS.map((app) => start(app)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports, clientFiles, environment, process: (app) => processes.get(app)!, restart: start, stop };
}

interface Below {
  readonly postgres: Databases;
  readonly more: Readonly<Record<string, string>>;
  readonly ports: Ports;
}

async function prepare(folder: string, { postgres, more, ports }: Below) {
  const tls = await createTestCa();
  const ca = write(folder, 'tls-ca', tls);
  const server = write(folder, 'tls-server', await tls.issueServer());
  const operator = write(folder, 'operator', await tls.issueClient('operator'));
  const clientFiles = write(folder, 'platform-provider', await tls.issueClient(PROVIDER));
  const databases: Record<string, string> = {};
  for (const [variable, name] of Object.entries(DATABASES)) databases[variable] = await postgres.createDatabase(name);
  writeFileSync(join(folder, 'root-key'), randomBytes(32).toString('hex'), { mode: 0o600 });
  const environment: Record<string, string> = {
    KAKUNIN_LOG_LEVEL: 'warn',
    KAKUNIN_DRAIN_SECONDS: '0',
    ...databases,
    ...portVariables(ports),
    KAKUNIN_REGISTRY_ROOT_KEY_FILE: join(folder, 'root-key'),
    KAKUNIN_OCSP_PLAIN_CALLER: PROVIDER,
    KAKUNIN_OCSP_TLS_CERTIFICATE_FILE: server.certificateFile,
    KAKUNIN_OCSP_TLS_KEY_FILE: server.keyFile,
    KAKUNIN_OCSP_DATA_DIRECTORY: join(folder, 'responder'),
    KAKUNIN_OCSP_SIGNERS_DIRECTORY: join(folder, 'signers/ocsp'),
    KAKUNIN_CRL_SIGNERS_DIRECTORY: join(folder, 'signers/crl'),
    KAKUNIN_CRL_STORE_URL: `file:${join(folder, 'published')}`,
    KAKUNIN_CRL_SNAPSHOT_DIRECTORY: join(folder, 'publisher'),
    KAKUNIN_CRL_MANIFEST_KEY_FILE: writeEd25519Key(folder, 'manifest-key.pem'),
    KAKUNIN_BILLING_STORE_URL: `file:${join(folder, 'billing')}`,
    KAKUNIN_BILLING_SIGNING_KEY_FILE: writeEd25519Key(folder, 'signing-key.pem'),
    KAKUNIN_BILLING_LEDGER_KEY_FILE: writeEd25519Key(folder, 'ledger-key.pem'),
    KAKUNIN_STATUS_PAGE_RESPONDER_URL: `http://127.0.0.1:${ports.OCSP_PLAIN_PORT}`,
    KAKUNIN_STATUS_PAGE_BILLING_URL: `http://127.0.0.1:${ports.BILLING_STATUS_PORT}`,
  };
  for (const service of ['REGISTRY', 'BILLING', 'CRL']) {
    environment[`KAKUNIN_${service}_API_CERTIFICATE_FILE`] = server.certificateFile;
    environment[`KAKUNIN_${service}_API_KEY_FILE`] = server.keyFile;
    environment[`KAKUNIN_${service}_OPERATOR_CERTIFICATE_FILE`] = operator.certificateFile;
  }
  writeProfile(folder, ports, { caFile: ca.certificateFile, operator, clientFiles });
  return { environment: { ...environment, ...more }, clientFiles };
}

function writeEd25519Key(folder: string, name: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(join(folder, name), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  return join(folder, name);
}

function write(folder: string, name: string, { certificatePem, keyPem }: IssuedCertificate): CertificateFiles {
  const files = { certificateFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key.pem`) };
  writeFileSync(files.certificateFile, certificatePem);
  writeFileSync(files.keyFile, keyPem, { mode: 0o600 });
  return files;
}

interface ProfileFiles {
  readonly caFile: string;
  readonly operator: CertificateFiles;
  readonly clientFiles: CertificateFiles;
}

function writeProfile(folder: string, ports: Ports, { caFile, operator, clientFiles }: ProfileFiles): void {
  mkdirSync(join(folder, '.kakunin'), { recursive: true });
  const profile = {
    registryUrl: `https://localhost:${ports.REGISTRY_API_PORT}`,
    billingUrl: `https://localhost:${ports.BILLING_API_PORT}`,
    publisherUrl: `https://localhost:${ports.CRL_API_PORT}`,
    ocspUrl: `http://127.0.0.1:${ports.OCSP_PLAIN_PORT}/ocsp`,
    ocspMtlsUrl: `https://localhost:${ports.OCSP_MTLS_PORT}/ocsp`,
    crlUrl: `http://127.0.0.1:${ports.CRL_PUBLIC_PORT}/crl`,
    caFile,
    clientCertificateFile: operator.certificateFile,
    clientKeyFile: operator.keyFile,
    platformProvider: { code: PROVIDER, ...clientFiles },
  };
  writeFileSync(join(folder, '.kakunin/cli.json'), JSON.stringify(profile));
}

const managementPort = (ports: Ports, app: AppName): number =>
  ({
    'linkage-registry': ports.REGISTRY_MANAGEMENT_PORT,
    'ocsp-responder': ports.OCSP_MANAGEMENT_PORT,
    'crl-publisher': ports.CRL_MANAGEMENT_PORT,
    'billing-meter': ports.BILLING_MANAGEMENT_PORT,
  })[app];

/** Resolves when the process says on its management port that it is ready. */
export async function ready(started: TestProcess, port: number): Promise<void> {
  let ended = false;
  void started.exited.then(() => (ended = true));
  let last = 'nothing';
  for (const deadline = Date.now() + READY_LIMIT_MS; Date.now() < deadline; await sleep(100)) {
    if (ended) throw new Error(`It ended:\n${started.output()}`);
    const response = await fetch(`http://127.0.0.1:${port}/readyz?verbose`).catch(() => undefined);
    if (response?.ok) return;
    last = (await response?.text()) ?? 'no answer';
  }
  throw new Error(`Not ready within ${READY_LIMIT_MS / 1_000} s:\n${last}\n${started.output()}`);
}
