import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { billingMeter } from '@kakunin/billing-meter';
import { crlPublisher } from '@kakunin/crl-publisher';
import { lockDirectory } from '@kakunin/directory-lock';
import { openEventLog } from '@kakunin/event-log-adapters';
import { linkageRegistry } from '@kakunin/linkage-registry';
import { ocspResponder } from '@kakunin/ocsp-responder';
import { startEmbeddedPostgres } from '@kakunin/postgres';
import {
  Closing,
  type CommonConfig,
  type ConfigDefinition,
  createLogger,
  type Environment,
  type Logger,
  readConfig,
  type RunningService,
  type Service,
  startService,
  systemClock,
} from '@kakunin/runtime';
import { createSandbox, type Sandbox } from '@kakunin/sandbox';
import { withStatusPage } from '@kakunin/status-page';
import { writeCliProfile } from './cli-profile.ts';
import { DATABASES, type Layout, layoutOf, serviceEnvironment } from './environment.ts';
import { createTopics } from './create-topics.ts';
import { waitUntilReady } from './readiness.ts';
import { type LocalTls, prepareLocalTls } from './local-tls.ts';
import type { Settings } from './settings.ts';
import type { Services, System } from './system.ts';

/**
 * Starts everything in this process.
 * @throws ConfigError, DirectoryLockError (a second start), DatabaseError; nothing is left running then
 */
export async function startSystem(settings: Settings, logger: Logger): Promise<System> {
  const layout = layoutOf(settings.directory);
  const closing = new Closing();
  try {
    const lock = await lockDirectory(layout.root);
    closing.add(() => lock.release());
    const tls = await prepareLocalTls(layout.tls, systemClock.now());
    mkdirSync(layout.testCertificates, { recursive: true });
    makeRootKey(layout.rootKey);
    makeSigningKey(layout.crlManifestKey);
    makeSigningKey(layout.billingSigningKey);
    makeSigningKey(layout.billingLedgerKey);
    const environment = await prepareDatabases({ settings, layout, tls, logger, closing });
    const services = await startServices({ environment, level: settings.logLevel, logger, closing });
    // The sandbox calls it: its tables must stand by then.
    await waitUntilReady([services.registry]);
    const sandbox = settings.sandbox === 'on' ? await fillSandbox({ layout, tls, services, logger }) : undefined;
    if (sandbox) closing.add(() => sandbox.close());
    writeCliProfile({ layout, tls, services, sandbox });
    await waitUntilReady(Object.values(services));
    return { layout, tls, services, sandbox, close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** 256 random bits, made once; without them the registry's stored keys and indexes are worthless. */
function makeRootKey(file: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
}

/** Ed25519, made once: what was issued stays signed with it. */
function makeSigningKey(file: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
}

interface DatabasesInput {
  readonly settings: Settings;
  readonly layout: Layout;
  readonly tls: LocalTls;
  readonly logger: Logger;
  readonly closing: Closing;
}

async function prepareDatabases({ settings, layout, tls, logger, closing }: DatabasesInput): Promise<Environment> {
  const { postgresPort: port } = settings;
  const onChange = (message: string): void => logger.warn(message);
  const postgres = await startEmbeddedPostgres({ directory: layout.postgres, ...(port > 0 && { port }), onChange });
  closing.add(() => postgres.stop());
  for (const name of Object.values(DATABASES)) await postgres.createDatabase(name);
  const sandbox = settings.sandbox === 'on';
  const ours = serviceEnvironment({ layout, tls, sandbox, databaseUrl: (name) => postgres.url(name) });
  const given = Object.entries(process.env).filter(([, value]) => value);
  return { ...ours, ...Object.fromEntries(given) };
}

interface ServicesInput {
  readonly environment: Environment;
  readonly level: string;
  readonly logger: Logger;
  readonly closing: Closing;
}

async function startServices({ environment, level, logger, closing }: ServicesInput): Promise<Services> {
  const start = async <D extends ConfigDefinition>(
    service: Service<D>,
    defaults: Environment = {},
  ): Promise<RunningService> => {
    const config = readConfig(service.config, { ...defaults, ...environment });
    const own = createLogger(service.name, level);
    const eventLog = await openEventLog(config as unknown as CommonConfig, own);
    closing.add(() => eventLog.close());
    const running = await startService(service, { config, eventLog, logger: own });
    closing.add(() => running.close());
    return running;
  };
  await createTopics(readConfig(linkageRegistry.config, environment), logger);
  const registry = await start(linkageRegistry);
  const meter = await start(billingMeter);
  const responder = await start(ocspResponder);
  const publisher = await start(withStatusPage(crlPublisher), pageSources(responder, meter));
  return { registry, meter, responder, publisher };
}

/** Where the public page finds what the other services publish, whatever ports they took. */
const pageSources = (responder: RunningService, meter: RunningService): Environment => ({
  ...(responder.ports['plain'] && {
    KAKUNIN_STATUS_PAGE_OCSP_URL: `http://127.0.0.1:${responder.ports['plain']}/ocsp`,
    KAKUNIN_STATUS_PAGE_RESPONDER_URL: `http://127.0.0.1:${responder.ports['plain']}`,
  }),
  KAKUNIN_STATUS_PAGE_BILLING_URL: `http://127.0.0.1:${meter.ports['status']}`,
});

interface SandboxInput {
  readonly layout: Layout;
  readonly tls: LocalTls;
  readonly services: Services;
  readonly logger: Logger;
}

const fillSandbox = ({ layout, tls, services, logger }: SandboxInput): Promise<Sandbox | undefined> =>
  createSandbox({
    dataDirectory: layout.root,
    registryUrl: `https://localhost:${services.registry.ports['api']}`,
    tls: { caFile: tls.caFile, certificateFile: tls.operator.certificateFile, keyFile: tls.operator.keyFile },
    ocspSignersDirectory: layout.ocspSigners,
    crlSignersDirectory: layout.crlSigners,
    testCertificatesDirectory: layout.testCertificates,
    clock: systemClock,
    logger,
  });
