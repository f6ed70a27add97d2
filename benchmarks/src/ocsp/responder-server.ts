import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { CertificateEvent, CertificateStatus, StatusWatermark } from '@kakunin/certificates';
import {
  CERTIFICATE_EVENTS,
  identityHeaders,
  RELYING_PARTY_EVENTS,
  STATUS_WATERMARKS,
  TOPICS,
} from '@kakunin/event-log';
import { ocspResponder } from '@kakunin/ocsp-responder';
import type { RelyingPartyEvent } from '@kakunin/relying-parties';
import { readConfig, startService } from '@kakunin/runtime';
import { InMemoryEventLog } from '@kakunin/testing/in-memory-event-log';
import { decodePem } from '@kakunin/x509';
import { FIRST_SERIAL, fingerprintOf, ISSUED, isRevoked, REVOKED_AT, serialNumberOf } from './population.ts';

/** Who calls with the client certificate of which authority; the first one calls on the plain port, too. */
const PLATFORM_PROVIDERS = { 'benchmark-p256': 'greedy', 'benchmark-rsa': 'modest' } as const;
const NOT_AFTER = Date.UTC(2049, 11, 31);
const NO_LIMIT = '0';
/** Looking for events every few milliseconds would be charged to the answers. */
const POLL_MILLISECONDS = 20;

/** The registry's part, in this process: states what was issued and revoked, and a watermark every second. */
class Registry {
  readonly log = new InMemoryEventLog(TOPICS, POLL_MILLISECONDS);
  #sequence = 0n;

  async state(events: readonly CertificateEvent[]): Promise<void> {
    await this.log.append(events.map((event) => this.#newEvent(CERTIFICATE_EVENTS, authorityOf(event), event)));
  }

  async register(event: RelyingPartyEvent): Promise<void> {
    await this.log.append([this.#newEvent(RELYING_PARTY_EVENTS, event.party.code, event)]);
  }

  async watermark(): Promise<void> {
    const ends = await this.log.endPositions(CERTIFICATE_EVENTS);
    const positions = ends.map(({ partition, nextOffset }) => ({ partition, nextOffset: `${nextOffset}` }));
    await this.log.append([this.#newEvent(STATUS_WATERMARKS, 'linkage-registry', { at: Date.now(), positions })]);
  }

  #newEvent(topic: string, key: string, value: CertificateEvent | RelyingPartyEvent | StatusWatermark) {
    const headers = identityHeaders({ producer: 'benchmark', sequence: (this.#sequence += 1n) });
    return { topic, key, value: Buffer.from(JSON.stringify(value)), headers };
  }
}

export interface ResponderServerInput {
  /** Holds a folder per authority as `createPopulation` makes it. */
  readonly directory: string;
  readonly dataDirectory: string;
  readonly workers: string;
  /** Of each caller; 0: as many as it likes. */
  readonly requestsPerSecond: string;
}

/**
 * The whole responder service, journal on disk included, over an event log in memory.
 * Says `ready <plain port> <management port> <mTLS port> <control port>`; `POST /revoke/<authority>/<serial>` on the
 * control port revokes a certificate, and is answered when the event log has it.
 */
export async function serveResponder({
  directory,
  dataDirectory,
  workers,
  requestsPerSecond,
}: ResponderServerInput): Promise<void> {
  const registry = new Registry();
  const authorities = readdirSync(directory);
  for (const authorityId of authorities) await registry.state(certificateEvents(directory, authorityId));
  for (const [authorityId, code] of Object.entries(PLATFORM_PROVIDERS))
    await registry.register(relyingParty(code, join(directory, authorityId, 'client-certificate.pem')));
  await registry.watermark();
  setInterval(() => void registry.watermark(), 1_000).unref();

  const tls = join(directory, 'benchmark-p256');
  const config = readConfig(ocspResponder.config, {
    KAKUNIN_LOG_LEVEL: 'error',
    KAKUNIN_OCSP_WORKERS: workers,
    KAKUNIN_OCSP_CALLER_REQUESTS_PER_SECOND: requestsPerSecond,
    KAKUNIN_OCSP_CALLER_CONNECTIONS: NO_LIMIT,
    KAKUNIN_OCSP_PLAIN_PORT: '0',
    KAKUNIN_OCSP_PLAIN_CALLER: PLATFORM_PROVIDERS['benchmark-p256'],
    KAKUNIN_OCSP_MTLS_PORT: '0',
    KAKUNIN_OCSP_MANAGEMENT_PORT: '0',
    KAKUNIN_OCSP_TLS_CERTIFICATE_FILE: join(tls, 'tls-certificate.pem'),
    KAKUNIN_OCSP_TLS_KEY_FILE: join(tls, 'tls-key.pem'),
    KAKUNIN_OCSP_SIGNERS_DIRECTORY: directory,
    KAKUNIN_OCSP_DATA_DIRECTORY: dataDirectory,
  });
  const running = await startService(ocspResponder, { config, eventLog: registry.log });
  while (!running.health.report().ok) await new Promise((resolve) => setTimeout(resolve, 20));
  process.once('SIGTERM', () => void running.close().then(() => process.exit(0)));
  const { plain, mtls } = running.ports;
  console.log(`ready ${plain} ${running.managementPort} ${mtls} ${await openControl(registry)}`);
}

async function openControl(registry: Registry): Promise<number> {
  const control = createServer((request, response) => {
    const [, , authorityId = '', serialNumber = ''] = (request.url ?? '').split('/');
    const status: CertificateStatus = { status: 'revoked', revocationDate: Date.now(), reason: 'keyCompromise' };
    void registry.state([statusEvent(authorityId, serialNumber, status)]).then(() => response.end());
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  return (control.address() as AddressInfo).port;
}

const derOf = (file: string): Uint8Array => decodePem('CERTIFICATE', readFileSync(file, 'utf8'));

function certificateEvents(directory: string, authorityId: string): readonly CertificateEvent[] {
  const certificate = Buffer.from(derOf(join(directory, authorityId, 'ca.pem'))).toString('base64');
  const serialScheme = { kind: 'sequential', first: FIRST_SERIAL } as const;
  const revoked: CertificateStatus = { status: 'revoked', revocationDate: REVOKED_AT, reason: 'unspecified' };
  return [
    {
      type: 'authority_registered',
      authority: { authorityId, certificateClass: 'signature', certificate, serialScheme },
    },
    ...Array.from({ length: ISSUED }, (_, ordinal) =>
      statusEvent(authorityId, serialNumberOf(ordinal), isRevoked(ordinal) ? revoked : { status: 'good' }),
    ),
  ];
}

const statusEvent = (authorityId: string, serialNumber: string, status: CertificateStatus): CertificateEvent => ({
  type: 'certificate_status',
  authorityId,
  serialNumber,
  carrier: 'card',
  notAfter: NOT_AFTER,
  status,
});

const authorityOf = (event: CertificateEvent): string =>
  event.type === 'authority_registered' ? event.authority.authorityId : event.authorityId;

const relyingParty = (code: string, clientCertificate: string): RelyingPartyEvent => ({
  type: 'relying_party',
  party: {
    code,
    name: 'Benchmark',
    kind: 'platform_provider',
    roles: ['platform_provider'],
    credentials: [{ fingerprint: fingerprintOf(derOf(clientCertificate)), notBefore: 0, notAfter: NOT_AFTER }],
  },
});
