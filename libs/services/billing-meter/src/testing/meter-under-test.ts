import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityHeaders, type NewEvent, RELYING_PARTY_EVENTS, TOPICS } from '@kakunin/event-log';
import { Database, migrationsOf } from '@kakunin/postgres';
import type { Role } from '@kakunin/relying-parties';
import { createLogger, readConfig, type RunningService, startService } from '@kakunin/runtime';
import { InMemoryEventLog, sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { encodeSegment, segmentEvent, type UsageEvent } from '@kakunin/usage';
import { billingMeter } from '../index.ts';
import { environmentOf, makeCertificate } from './environment.ts';
import { jst } from './usage-events.ts';

export interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly octets: Buffer;
}

interface Call {
  readonly caller?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

export const JOURNAL = '0123456789abcdef'.repeat(2);

const ROLES: Readonly<Record<string, readonly Role[]>> = {
  'pf-a': ['platform_provider'],
  'pf-b': ['platform_provider'],
  finance: ['finance'],
  operator: ['operator'],
  ca: ['certificate_authority'],
};

/** A billing meter on a PostgreSQL of its own, its callers, and a clock that stands where the test puts it. */
export class MeterUnderTest {
  readonly eventLog = new InMemoryEventLog(TOPICS);
  now = jst('2026-11-22T12:00:00');
  readonly #directory = mkdtempSync(join(tmpdir(), 'kakunin-billing-'));
  #sequence = 0;

  private constructor(
    readonly postgres: TestDatabases,
    readonly database: Database,
  ) {}

  #running!: RunningService;

  static async start(): Promise<MeterUnderTest> {
    const postgres = await sharedTestPostgres();
    const url = await postgres.createDatabase('billing', '@kakunin/billing-meter');
    const database = new Database({ url, migrationsDirectory: migrationsOf('@kakunin/billing-meter') });
    const meter = new MeterUnderTest(postgres, database);
    for (const name of ['server', 'stranger', ...Object.keys(ROLES)]) makeCertificate(meter.#directory, name);
    await meter.#registerCallers();
    const config = readConfig(billingMeter.config, environmentOf(meter.#directory, url));
    meter.#running = await startService(billingMeter, {
      config,
      eventLog: meter.eventLog,
      clock: { now: () => meter.now },
      logger: createLogger('billing-meter', 'silent'),
    });
    while (!meter.#running.health.report().ok) await new Promise((resolve) => setTimeout(resolve, 10));
    await database.whenReady();
    return meter;
  }

  async stop(): Promise<void> {
    await this.#running.close();
    await this.database.close();
    await this.postgres.stop();
    rmSync(this.#directory, { recursive: true });
  }

  /** Where its object store keeps the files of a customer's ledger. */
  ledgerDirectory(customer: string): string {
    return join(this.#directory, 'store/ledgers', customer);
  }

  healthOf(name: string): { ok: boolean; detail: string } | undefined {
    return this.#running.health.report().checks.find((check) => check.name === name);
  }

  /** Hands usage to the topic as a journal does. */
  async send(events: readonly UsageEvent[]): Promise<NewEvent> {
    const event = journalSegment(JOURNAL, ++this.#sequence, events);
    await this.eventLog.append([event]);
    return event;
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.#running.managementPort}/metrics`)).text();
  }

  /** On the plain listener, where nobody has a certificate. */
  async plain(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.#running.ports['status']}${path}`);
  }

  get(path: string, caller?: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#call('GET', path, caller === undefined ? { headers } : { caller, headers });
  }

  post(path: string, caller: string, body: unknown): Promise<Answer> {
    return this.#call('POST', path, { caller, body: JSON.stringify(body) });
  }

  /** Octets as they are. */
  sendRaw(path: string, caller: string, body: string | Uint8Array, headers: Record<string, string>): Promise<Answer> {
    return this.#call('POST', path, { caller, body, headers });
  }

  /** A POST whose body the test writes, and whose answer it reads. */
  open(path: string, caller: string, headers: Record<string, string>): ClientRequest {
    return request({ ...this.#addressFor(caller), method: 'POST', path, headers });
  }

  #call(method: string, path: string, { caller, body, headers }: Call): Promise<Answer> {
    const options = { ...this.#addressFor(caller), method, path };
    return new Promise((resolve, reject) => {
      const sent = request({ ...options, headers: headers ?? { 'content-type': 'application/json' } }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part)).on('error', reject);
        response.on('end', () => {
          const octets = Buffer.concat(parts);
          const { statusCode: status } = response;
          resolve({ status, headers: response.headers, body: octets.toString('utf8'), octets });
        });
      });
      sent.on('error', reject).end(body);
    });
  }

  #addressFor(caller: string | undefined): RequestOptions {
    const server = { host: '127.0.0.1', port: this.#running.ports['api'], ca: readFileSync(this.#file('server.pem')) };
    const [cert, key] = ['pem', 'key'].map((ending) => caller && readFileSync(this.#file(`${caller}.${ending}`)));
    return { ...server, ...(caller && { cert, key }), agent: false, checkServerIdentity: () => undefined };
  }

  #file(name: string): string {
    return join(this.#directory, name);
  }

  async #registerCallers(): Promise<void> {
    const registered = Object.entries(ROLES).map(([code, roles]) => {
      const { fingerprint256 } = new X509Certificate(readFileSync(this.#file(`${code}.pem`)));
      const fingerprint = fingerprint256.replaceAll(':', '').toLowerCase();
      const credentials = [{ fingerprint, notBefore: 0, notAfter: Number.MAX_SAFE_INTEGER }];
      return { code, name: code, kind: code.startsWith('pf-') ? 'platform_provider' : 'office', roles, credentials };
    });
    const behind = { kind: 'service_provider', platformProvider: 'pf-a', roles: [], credentials: [] };
    const parties = [...registered, { code: 'sp-a', name: 'sp-a', ...behind }];
    await this.eventLog.append(
      parties.map((party, index) => ({
        topic: RELYING_PARTY_EVENTS,
        key: party.code,
        value: Buffer.from(JSON.stringify({ type: 'relying_party', party })),
        headers: identityHeaders({ producer: 'registry', sequence: BigInt(index) }),
      })),
    );
  }
}

/** A segment as a journal hands it to the topic. */
export function journalSegment(producer: string, number: number, events: readonly UsageEvent[]): NewEvent {
  const segment = { producer, sequence: BigInt(number), events };
  return segmentEvent({ ...segment, count: events.length }, encodeSegment(segment));
}
