import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateEvent, CertificateStatus, StatusWatermark } from '@kakunin/certificates';
import {
  CERTIFICATE_EVENTS,
  identityHeaders,
  RELYING_PARTY_EVENTS,
  STATUS_WATERMARKS,
  TOPICS,
  USAGE_SEGMENTS,
} from '@kakunin/event-log';
import type { EventRecord } from '@kakunin/event-log';
import type { RelyingParty, RelyingPartyEvent } from '@kakunin/relying-parties';
import { readConfig, startService } from '@kakunin/runtime';
import type { RunningService } from '@kakunin/runtime';
import { StatusFeed } from '@kakunin/status-feed';
import { createTestCa, InMemoryEventLog } from '@kakunin/testing';
import type { IssuedCertificate, TestCa } from '@kakunin/testing';
import { decodeSegment, readSegmentEvent } from '@kakunin/usage';
import type { UsageEvent, UsageSegment } from '@kakunin/usage';
import { vi } from 'vitest';
import { ocspResponder } from '../index.ts';
import { WorkerPool } from '../pool/worker-pool.ts';

const WATERMARK_INTERVAL = 50;

export const AUTHORITY_ID = 'signature-g1';

/** Waits, also in hooks, until something holds. */
export const until = (holds: () => Promise<boolean>): Promise<unknown> =>
  vi.waitUntil(holds, { timeout: 20_000, interval: 20 });

/** A certificate about which something is asked. */
export interface TestCertificate {
  readonly file: string;
  readonly serialNumber: string;
}

/** The responder service as it runs, over an event log in memory, with one authority and one platform provider. */
export class TestResponder {
  readonly directory = mkdtempSync(join(tmpdir(), 'kakunin-ocsp-'));
  readonly log = new InMemoryEventLog(TOPICS);
  /** Added to the clock of the service, ms. */
  clockOffset = 0;
  readonly #environment: Readonly<Record<string, string>>;
  #sequence = 0n;
  #service: RunningService | undefined;
  #watermarks: NodeJS.Timeout | undefined;

  private constructor(
    readonly ca: TestCa,
    environment: Readonly<Record<string, string>>,
  ) {
    this.#environment = environment;
  }

  /** @param prepare puts more files into the directory before the service starts */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    prepare: (directory: string) => void = () => {},
  ): Promise<TestResponder> {
    const responder = new TestResponder(await createTestCa(), environment);
    prepare(responder.directory);
    const { ca } = responder;
    responder.write('tls', await ca.issueServer());
    responder.write(join('signers', AUTHORITY_ID), await ca.issueResponder());
    writeFileSync(responder.file('ca.pem'), ca.certificatePem);
    await responder.publishAuthority(AUTHORITY_ID, ca);
    await responder.publishParty({ code: 'pf', kind: 'platform_provider', roles: ['platform_provider'] });
    await responder.publishParty({ code: 'bank', kind: 'service_provider', platformProvider: 'pf' });
    responder.#watermarks = setInterval(() => void responder.#publishWatermark(), WATERMARK_INTERVAL);
    try {
      await responder.open();
      return responder;
    } catch (error) {
      await responder.close();
      throw error;
    }
  }

  async open(): Promise<void> {
    const config = readConfig(ocspResponder.config, {
      KAKUNIN_LOG_LEVEL: 'fatal',
      KAKUNIN_OCSP_MANAGEMENT_PORT: '0',
      KAKUNIN_OCSP_MTLS_PORT: '0',
      KAKUNIN_OCSP_PLAIN_PORT: '0',
      KAKUNIN_OCSP_PLAIN_CALLER: 'pf',
      KAKUNIN_OCSP_TLS_CERTIFICATE_FILE: this.file('tls/certificate.pem'),
      KAKUNIN_OCSP_TLS_KEY_FILE: this.file('tls/key.pem'),
      KAKUNIN_OCSP_SIGNERS_DIRECTORY: this.file('signers'),
      KAKUNIN_OCSP_DATA_DIRECTORY: this.file('data'),
      ...this.#environment,
    });
    const clock = { now: () => Date.now() + this.clockOffset };
    this.#service = await startService(ocspResponder, { config, eventLog: this.log, clock });
    await this.isReady();
  }

  /** Ends the service; its data stays for another `open`. */
  async shut(): Promise<void> {
    await this.#service?.close();
    this.#service = undefined;
  }

  async close(): Promise<void> {
    await this.shut();
    clearInterval(this.#watermarks);
    rmSync(this.directory, { recursive: true });
  }

  file(name: string): string {
    return join(this.directory, name);
  }

  /** Writes `key.pem` and `certificate.pem` into a folder. */
  write(folder: string, { keyPem, certificatePem }: IssuedCertificate): void {
    mkdirSync(this.file(folder), { recursive: true });
    writeFileSync(this.file(join(folder, 'key.pem')), keyPem);
    writeFileSync(this.file(join(folder, 'certificate.pem')), certificatePem);
  }

  get url(): string {
    return `http://127.0.0.1:${this.plainPort}`;
  }

  get plainPort(): number {
    return this.#running.ports['plain'] ?? 0;
  }

  get mtlsPort(): number {
    return this.#running.ports['mtls'] ?? 0;
  }

  get pool(): WorkerPool {
    return this.#running.app.get(WorkerPool, { strict: false });
  }

  async manage(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.#running.managementPort}${path}`);
    return { status: response.status, text: await response.text() };
  }

  async isReady(): Promise<void> {
    await until(async () => (await this.manage('/readyz')).status === 200);
  }

  /** Tells the responder of a certificate, and waits until it knows. */
  async publishStatus(serialNumber: string, status: CertificateStatus): Promise<void> {
    const notAfter = Date.UTC(2049, 0, 1);
    const authorityId = AUTHORITY_ID;
    await this.publish({ type: 'certificate_status', authorityId, serialNumber, carrier: 'card', notAfter, status });
    const published = Date.now();
    // The workers read the memory that the feed writes; of an authority that is new they are told.
    await until(async () => this.#asOf() > published && (await this.#isAnswered()));
  }

  /** Issues a certificate, in a file, and tells the responder of it. */
  async issue(name: string, status: CertificateStatus = { status: 'good' }): Promise<TestCertificate> {
    const issued = await this.issueSecretly(name);
    await this.publishStatus(issued.serialNumber, status);
    return issued;
  }

  /** Issues a certificate that the responder never hears of. */
  async issueSecretly(name: string): Promise<TestCertificate> {
    const { certificate, certificatePem } = await this.ca.issue();
    const file = this.file(`${name}.pem`);
    writeFileSync(file, certificatePem);
    return { file, serialNumber: certificate.serialNumber };
  }

  async publishAuthority(authorityId: string, { certificate }: TestCa): Promise<void> {
    const der = Buffer.from(certificate.der).toString('base64');
    await this.publish({
      type: 'authority_registered',
      authority: { authorityId, certificateClass: 'signature', certificate: der, serialScheme: { kind: 'random' } },
    });
  }

  async publishParty(party: Partial<RelyingParty> & Pick<RelyingParty, 'code' | 'kind'>): Promise<void> {
    const whole = { name: party.code, roles: [], credentials: [], ...party };
    await this.#append(RELYING_PARTY_EVENTS, party.code, { type: 'relying_party', party: whole });
  }

  async publish(event: CertificateEvent): Promise<void> {
    const key = event.type === 'authority_registered' ? event.authority.authorityId : event.authorityId;
    await this.#append(CERTIFICATE_EVENTS, key, event);
  }

  /** All usage that was handed over so far. */
  async usage(): Promise<readonly UsageEvent[]> {
    return (await this.segments()).flatMap(({ events }) => events);
  }

  /** All segments that were handed over so far. */
  async segments(): Promise<readonly UsageSegment[]> {
    const found: EventRecord[] = [];
    const subscription = await this.log.subscribe({
      topics: [USAGE_SEGMENTS],
      start: { kind: 'positions', positions: [] },
      maxBatchSize: 1000,
      onBatch: async (batch) => void found.push(...batch),
      onFault: () => {},
    });
    const total = async (): Promise<number> =>
      (await this.log.endPositions(USAGE_SEGMENTS)).reduce((sum, { nextOffset }) => sum + Number(nextOffset), 0);
    await until(async () => (await total()) === found.length);
    await subscription.close();
    return found.map((event) => decodeSegment(readSegmentEvent(event).octets));
  }

  get #running(): RunningService {
    if (!this.#service) throw new Error('The responder does not run.');
    return this.#service;
  }

  #asOf(): number {
    return this.#running.app.get(StatusFeed, { strict: false }).get(AUTHORITY_ID)?.asOf ?? 0;
  }

  async #isAnswered(): Promise<boolean> {
    const { authorities } = (await (await fetch(`${this.url}/status-data`)).json()) as {
      authorities: readonly { readonly authorityId: string; readonly asOf: number | null }[];
    };
    return authorities.some(({ authorityId, asOf }) => authorityId === AUTHORITY_ID && asOf !== null);
  }

  async #publishWatermark(): Promise<void> {
    const at = Date.now();
    const positions = (await this.log.endPositions(CERTIFICATE_EVENTS)).map(({ partition, nextOffset }) => {
      return { partition, nextOffset: `${nextOffset}` };
    });
    await this.#append(STATUS_WATERMARKS, 'linkage-registry', { at, positions });
  }

  async #append(
    topic: string,
    key: string,
    value: CertificateEvent | RelyingPartyEvent | StatusWatermark,
  ): Promise<void> {
    const headers = identityHeaders({ producer: 'test', sequence: (this.#sequence += 1n) });
    await this.log.append([{ topic, key, value: Buffer.from(JSON.stringify(value)), headers }]);
  }
}
