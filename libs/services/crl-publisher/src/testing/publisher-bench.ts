import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Authority, CertificateEvent, CertificateStatus } from '@kakunin/certificates';
import { CERTIFICATE_EVENTS, type EventLog, identityHeaders, STATUS_WATERMARKS, TOPICS } from '@kakunin/event-log';
import {
  type CrlDescriptor,
  crlPointer,
  type CrlSeries,
  decodeCrlDescriptor,
  decodeCrlManifest,
  type ListedCrl,
} from '@kakunin/publication';
import { readConfig, type RunningService, startService } from '@kakunin/runtime';
import { createTestCa, InMemoryEventLog, type TestCa, type TestDatabases } from '@kakunin/testing';
import { Client } from 'pg';
import { crlPublisher } from '../index.ts';
import type { ProfilesFile } from '../profiles/profiles-file.ts';

export const DAY = 86_400_000;
let databases = 0;

/** @returns its file */
function writeSigningKey(directory: string): string {
  const file = join(directory, 'manifest-key.pem');
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return file;
}

/** A publisher with everything around it: PostgreSQL, an event log that the test writes as the registry would, keys. */
export class PublisherBench {
  eventLog: EventLog = new InMemoryEventLog(TOPICS);
  readonly directory = mkdtempSync(join(tmpdir(), 'kakunin-publisher-'));
  readonly manifestKeyFile = writeSigningKey(this.directory);
  readonly postgres: TestDatabases;
  readonly #databaseUrl: string;
  #running: RunningService[] = [];
  #sequence = 0n;
  #watermarks: NodeJS.Timeout | undefined;

  private constructor(postgres: TestDatabases, databaseUrl: string) {
    this.postgres = postgres;
    this.#databaseUrl = databaseUrl;
    this.startWatermarks();
  }

  /** In a database of its own. */
  static async open(postgres: TestDatabases): Promise<PublisherBench> {
    return new PublisherBench(
      postgres,
      await postgres.createDatabase(`kakunin_crl_publisher_${databases++}`, '@kakunin/crl-publisher'),
    );
  }

  /** @param environment overrides; @param name keeps the status data of several publishers apart */
  async start(environment: Record<string, string> = {}, name = 'one'): Promise<RunningService> {
    const config = readConfig(crlPublisher.config, {
      KAKUNIN_LOG_LEVEL: 'fatal',
      KAKUNIN_CRL_DATABASE_URL: this.#databaseUrl,
      KAKUNIN_CRL_STORE_URL: `file:${join(this.directory, 'published')}`,
      KAKUNIN_CRL_SIGNERS_DIRECTORY: join(this.directory, 'signers'),
      KAKUNIN_CRL_MANIFEST_KEY_FILE: this.manifestKeyFile,
      KAKUNIN_CRL_SNAPSHOT_DIRECTORY: join(this.directory, 'status', name),
      KAKUNIN_CRL_PUBLIC_PORT: '0',
      KAKUNIN_CRL_MANAGEMENT_PORT: '0',
      KAKUNIN_CRL_REVOCATION_DELAY_MILLISECONDS: '50',
      ...environment,
    });
    const service = await startService(crlPublisher, { config, eventLog: this.eventLog });
    this.#running.push(service);
    return service;
  }

  async stop(service: RunningService): Promise<void> {
    this.#running = this.#running.filter((one) => one !== service);
    await service.close();
  }

  async close(): Promise<void> {
    this.stopWatermarks();
    for (const service of this.#running.splice(0)) await service.close();
    rmSync(this.directory, { recursive: true });
  }

  /** Writes the profiles. @returns what to start with */
  profiles(profiles: ProfilesFile): Record<string, string> {
    const file = join(this.directory, 'profiles.json');
    writeFileSync(file, JSON.stringify(profiles));
    return { KAKUNIN_CRL_PROFILES_FILE: file };
  }

  /** An event log that has forgotten everything; for services started from here on. */
  loseEvents(): void {
    this.eventLog = new InMemoryEventLog(TOPICS);
  }

  async query(sql: string): Promise<void> {
    const client = new Client({ connectionString: this.#databaseUrl });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  }

  /** What the store holds of a CRL by its number; undefined when that number was never published. */
  async descriptor(authorityId: string, crlNumber: number): Promise<CrlDescriptor | undefined> {
    const file = join(this.directory, 'published', 'crl', authorityId, `${crlNumber}.json`);
    return existsSync(file) ? decodeCrlDescriptor(readFileSync(file, 'utf8')) : undefined;
  }

  /** Says once more and more often than the registry that everything written so far is known. */
  startWatermarks(): void {
    this.#watermarks = setInterval(() => void this.#watermark(), 20);
  }

  stopWatermarks(): void {
    clearInterval(this.#watermarks);
  }

  /** A new authority whose serial numbers count from 1, with its signing key in place. */
  async addAuthority(authorityId: string, { withSigner = true, partitioned = false } = {}): Promise<TestCa> {
    const ca = await createTestCa();
    await this.register(authorityId, ca, partitioned);
    if (withSigner) this.putSigner(authorityId, ca);
    return ca;
  }

  async register(authorityId: string, ca: TestCa, partitioned = false): Promise<void> {
    const authority: Authority = {
      authorityId,
      certificateClass: 'signature',
      certificate: Buffer.from(ca.certificate.der).toString('base64'),
      serialScheme: { kind: 'sequential', first: '1' },
      ...(partitioned && { partitioned }),
    };
    await this.say(authorityId, { type: 'authority_registered', authority });
  }

  putSigner(authorityId: string, { keyPem, certificatePem }: Pick<TestCa, 'keyPem' | 'certificatePem'>): void {
    const folder = join(this.directory, 'signers', authorityId);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'key.pem'), keyPem);
    writeFileSync(join(folder, 'certificate.pem'), certificatePem);
  }

  certify(authorityId: string, serialNumber: string, given: CertificateState = {}) {
    const { status = { status: 'good' }, notAfter = Date.now() + 365 * DAY, partition } = given;
    return this.say(authorityId, {
      type: 'certificate_status',
      authorityId,
      serialNumber,
      carrier: 'card',
      notAfter,
      status,
      ...(partition !== undefined && { partition }),
    });
  }

  async say(authorityId: string, event: CertificateEvent | { type: string }): Promise<void> {
    const headers = identityHeaders({ producer: 'registry', sequence: this.#sequence++ });
    const value = Buffer.from(JSON.stringify(event));
    await this.eventLog.append([{ topic: CERTIFICATE_EVENTS, key: authorityId, value, headers }]);
  }

  async #watermark(): Promise<void> {
    const positions = (await this.eventLog.endPositions(CERTIFICATE_EVENTS)).map(({ partition, nextOffset }) => ({
      partition,
      nextOffset: nextOffset.toString(),
    }));
    const value = Buffer.from(JSON.stringify({ at: Date.now(), positions }));
    const headers = identityHeaders({ producer: 'watermarks', sequence: this.#sequence++ });
    await this.eventLog.append([{ topic: STATUS_WATERMARKS, key: 'linkage-registry', value, headers }]);
  }
}

export interface CertificateState {
  readonly status?: CertificateStatus;
  readonly notAfter?: number;
  readonly partition?: string;
}

export const revoked = (reason: 'keyCompromise' | 'certificateHold' = 'keyCompromise'): CertificateStatus => ({
  status: 'revoked',
  revocationDate: Math.floor(Date.now() / 1_000) * 1_000,
  reason,
});

export const urlOf = (service: RunningService, path: string): string =>
  `http://127.0.0.1:${service.ports['public']}${path}`;

/** What the manifest lists. */
export async function listed(service: RunningService): Promise<readonly ListedCrl[]> {
  const response = await fetch(urlOf(service, '/crl/manifest.json'));
  return response.status === 404 ? [] : decodeCrlManifest(await response.text()).crls;
}

/** The manifest's word on a series; of an authority's id alone, on its complete CRL. */
export async function newest(service: RunningService, asked: string | CrlSeries): Promise<ListedCrl | undefined> {
  const series = typeof asked === 'string' ? { authorityId: asked } : asked;
  return (await listed(service)).find((crl) => crlPointer(crl) === crlPointer(series));
}

type Look<T> = () => Promise<T | undefined | false> | T | undefined | false;

/** Waits until something holds that a thread has to be started for. @throws Error after 45 seconds */
export const inTime = <T>(what: string, look: Look<T>): Promise<T> => eventually(what, look, 45_000);

/** Waits until something holds. @throws Error after ten seconds */
export async function eventually<T>(what: string, look: Look<T>, limit = 10_000): Promise<T> {
  const deadline = performance.now() + limit;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (performance.now() > deadline) throw new Error(`This never came: ${what}`);
    await sleep(20);
  }
}

export const readyz = async (service: RunningService): Promise<string> =>
  (await fetch(`http://127.0.0.1:${service.managementPort}/readyz?verbose`)).text();

export const metric = async (service: RunningService, line: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${service.managementPort}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((one) => one.startsWith(`${line} `))
      ?.slice(line.length) ?? NaN,
  );
};
