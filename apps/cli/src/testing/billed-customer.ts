import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { billingMeter } from '@kakunin/billing-meter';
import { identityHeaders, RELYING_PARTY_EVENTS, TOPICS } from '@kakunin/event-log';
import { Database, migrationsOf } from '@kakunin/postgres';
import { createLogger, type RunningService, startService } from '@kakunin/runtime';
import { ServiceClient } from '@kakunin/service-client';
import { createTestCa, InMemoryEventLog, sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { encodeSegment, segmentEvent, type UsageEvent } from '@kakunin/usage';
import { canonicalUsageLeaf, recordHashOf } from '@kakunin/usage-ledger';
import { z } from 'zod';
import type { Surroundings } from './command-line.ts';

const JOURNAL = '0123456789abcdef'.repeat(2);

/** Epoch ms of a moment in Japan. */
export const jst = (text: string): number => Date.parse(`${text}+09:00`);

/** A real billing meter on PostgreSQL and a directory, the PF provider `pf-a` that it bills, and its finance office. */
export class BilledCustomer {
  readonly #log = new InMemoryEventLog(TOPICS);
  readonly #receipts: string[] = [];
  #sequence = 0;
  #now = jst('2026-09-20T09:00:00');
  #meter!: RunningService;
  #postgres!: TestDatabases;
  #database!: Database;

  private constructor(readonly directory: string) {}

  /** @param keysOf folder of another whose keys are taken */
  static async open(keysOf?: string): Promise<BilledCustomer> {
    const customer = new BilledCustomer(mkdtempSync(join(tmpdir(), 'kakunin-cli-billed-')));
    for (const name of ['signing.pem', 'ledger.pem']) {
      if (keysOf === undefined) writeFileSync(customer.#file(name), newKey());
      else cpSync(join(keysOf, name), customer.#file(name));
    }
    await customer.#start();
    return customer;
  }

  async close(): Promise<void> {
    await this.#meter.close();
    await this.#database.close();
    await this.#postgres.stop();
    rmSync(this.directory, { recursive: true });
  }

  /** Where the meter keeps the files of the customer's ledger. */
  get ledgerDirectory(): string {
    return join(this.directory, 'store/ledgers/pf-a');
  }

  /** The receipts that came with its answers, NDJSON. */
  get receipts(): string {
    return this.#receipts.map((line) => `${line}\n`).join('');
  }

  /** For a shell of the customer. */
  surroundings(): Surroundings {
    return {
      profile: {
        billingUrl: this.#url(),
        caFile: this.#file('ca.pem'),
        platformProvider: {
          code: 'pf-a',
          certificateFile: this.#file('pf-a.pem'),
          keyFile: this.#file('pf-a.key'),
        },
      },
    };
  }

  /** For a shell of its finance office. */
  officeSurroundings(): Surroundings {
    return {
      profile: {
        billingUrl: this.#url(),
        caFile: this.#file('ca.pem'),
        clientCertificateFile: this.#file('finance.pem'),
        clientKeyFile: this.#file('finance.key'),
      },
    };
  }

  /** Checks that a responder answered and recorded, with their receipts; resolves when they are counted. */
  async use(times: readonly number[]): Promise<void> {
    const sequence = BigInt((this.#sequence += 1));
    this.#now = Math.max(this.#now, ...times.map((time) => time + 1_000));
    const events = times.map(eventAt);
    const segment = { producer: JOURNAL, sequence, events, sealedAt: this.#now };
    for (const [index, event] of events.entries()) {
      const eventId = `${JOURNAL}/${sequence}/${index}`;
      const recordHash = recordHashOf(canonicalUsageLeaf({ ...event, eventId }));
      this.#receipts.push(JSON.stringify({ ledger: 'kakunin/kakunin/pf-a', eventId, recordHash }));
    }
    await this.#log.append([segmentEvent({ ...segment, count: events.length }, encodeSegment(segment))]);
    const counted = 'SELECT FROM usage_segment WHERE sequence = $1';
    while ((await this.#database.query(counted, [sequence])).rows.length === 0) await sleep(20);
  }

  async untilLedgerHas(leaves: number): Promise<void> {
    const checkpoint = join(this.ledgerDirectory, 'checkpoint');
    while (!(existsSync(checkpoint) && readFileSync(checkpoint, 'utf8').split('\n')[1] === `${leaves}`))
      await sleep(20);
  }

  /** Closes a month as finance does, on the first day of the next one. */
  async closeMonth(period: string, now: number): Promise<void> {
    this.#now = now;
    await this.use([]);
    const finance = this.#client('finance');
    await finance.post(`/billing/${period}/close`, {}, z.unknown());
    const state = async () => (await finance.get(`/billing/${period}/close`, z.object({ state: z.string() }))).state;
    while ((await state()) !== 'closed') await sleep(50);
  }

  /** Writes the statement of a month as it is handed out, with its signature beside it. @returns the file */
  statement(period: string): Promise<string> {
    return this.#document(`statement-${period}.json`, `/statements/${period}/pf-a/statement.json`);
  }

  /** As {@link statement}. */
  creditNote(period: string, number: string): Promise<string> {
    return this.#document(`${number}.json`, `/statements/${period}/pf-a/credit-notes/${number}/credit-note.json`);
  }

  async #document(name: string, path: string): Promise<string> {
    const file = this.#file(name);
    for (const suffix of ['', '.sig'])
      writeFileSync(`${file}${suffix}`, await buffer(await this.#client('pf-a').download(`${path}${suffix}`)));
    return file;
  }

  async #start(): Promise<void> {
    await this.#certificates();
    this.#postgres = await sharedTestPostgres();
    const databaseUrl = await this.#postgres.createDatabase('billing');
    this.#database = new Database({ url: databaseUrl, migrationsDirectory: migrationsOf('@kakunin/billing-meter') });
    await this.#database.whenReady();
    const config = billingMeter.config.schema.parse({
      databaseUrl,
      storeUrl: `file:${this.#file('store')}`,
      managementPort: 0,
      apiPort: 0,
      apiCertificateFile: this.#file('server.pem'),
      apiKeyFile: this.#file('server.key'),
      signingKeyFile: this.#file('signing.pem'),
      ledgerKeyFile: this.#file('ledger.pem'),
      ledgerIntervalSeconds: 0.05,
      closingIntervalSeconds: 0.05,
      issuerName: '確認機構',
      issuerNameEn: 'Kakunin Organization',
      issuerAddress: '東京都千代田区1-1',
      issuerRegistrationNumber: 'T7000012050002',
    });
    this.#meter = await startService(billingMeter, {
      config,
      eventLog: this.#log,
      clock: { now: () => this.#now },
      logger: createLogger('billing-meter', 'silent'),
    });
    while (!this.#meter.health.report().ok) await sleep(20);
  }

  async #certificates(): Promise<void> {
    const ca = await createTestCa();
    writeFileSync(this.#file('ca.pem'), ca.certificatePem);
    const [server, finance, customer] = await Promise.all([
      ca.issueServer(),
      ca.issueClient('finance'),
      ca.issueClient('pf-a'),
    ]);
    for (const [name, { certificatePem, keyPem }] of Object.entries({ server, finance, 'pf-a': customer })) {
      writeFileSync(this.#file(`${name}.pem`), certificatePem);
      writeFileSync(this.#file(`${name}.key`), keyPem);
    }
    const party = (code: string, kind: string, { certificatePem, role = kind }: PartyCertificate) => {
      const fingerprint = new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase();
      const credentials = [{ fingerprint, notBefore: 0, notAfter: Number.MAX_SAFE_INTEGER }];
      return { code, name: code, kind, roles: [role], credentials };
    };
    const parties = [
      party('finance', 'office', { ...finance, role: 'finance' }),
      party('pf-a', 'platform_provider', customer),
    ];
    await this.#log.append(
      parties.map((each, index) => ({
        topic: RELYING_PARTY_EVENTS,
        key: each.code,
        value: Buffer.from(JSON.stringify({ type: 'relying_party', party: each })),
        headers: identityHeaders({ producer: 'registry', sequence: BigInt(index) }),
      })),
    );
  }

  #client(name: string): ServiceClient {
    const [ca, cert, key] = ['ca.pem', `${name}.pem`, `${name}.key`].map((file) => this.#read(file));
    return new ServiceClient({ service: 'billing meter', url: this.#url(), tls: { ca: ca!, cert: cert!, key: key! } });
  }

  #url(): string {
    return `https://localhost:${this.#meter.ports['api']}`;
  }

  #file(name: string): string {
    return join(this.directory, name);
  }

  #read(name: string): Buffer {
    return readFileSync(this.#file(name));
  }
}

interface PartyCertificate {
  readonly certificatePem: string;
  /** Default: its kind. */
  readonly role?: string;
}

const newKey = (): string | Buffer =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });

/** Every tenth is `unknown`, which costs nothing. */
const eventAt = (time: number, index: number): UsageEvent => ({
  time,
  platformProvider: 'pf-a',
  serviceProvider: `sp-${index % 3}`,
  authorityId: 'sign-1',
  certificateClass: index % 2 ? 'signature' : 'user-authentication',
  carrier: 'card',
  channel: 'ocsp',
  purpose: 'signature_verification',
  outcome: index % 10 === 9 ? 'unknown' : 'good',
  requestDigest: new Uint8Array(16),
  certificateDigest: new Uint8Array(16).fill(index % 100),
});
