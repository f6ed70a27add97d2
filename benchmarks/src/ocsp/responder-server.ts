import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CERTIFICATE_EVENTS,
  identityHeaders,
  RELYING_PARTY_EVENTS,
  STATUS_WATERMARKS,
  TOPICS,
} from '@kakunin/event-log';
import type { CertificateEvent, StatusWatermark } from '@kakunin/certificates';
import { ocspResponder } from '@kakunin/ocsp-responder';
import type { RelyingPartyEvent } from '@kakunin/relying-parties';
import { readConfig, startService } from '@kakunin/runtime';
import { InMemoryEventLog } from '@kakunin/testing/in-memory-event-log';
import { decodePem } from '@kakunin/x509';

const PLATFORM_PROVIDER = 'benchmark';
const NOT_AFTER = Date.UTC(2049, 11, 31);

/**
 * The whole responder service, journal on disk included, over an event log in memory.
 * @param directory holds a folder per authority as `createAuthorityFiles` makes it, and `tls`
 */
export async function serveResponder(directory: string, dataDirectory: string): Promise<void> {
  const log = new InMemoryEventLog(TOPICS);
  let sequence = 0n;
  const append = async (topic: string, key: string, value: CertificateEvent | RelyingPartyEvent | StatusWatermark) => {
    const headers = identityHeaders({ producer: 'benchmark', sequence: (sequence += 1n) });
    await log.append([{ topic, key, value: Buffer.from(JSON.stringify(value)), headers }]);
  };
  for (const event of certificateEvents(directory)) await append(CERTIFICATE_EVENTS, keyOf(event), event);
  await append(RELYING_PARTY_EVENTS, PLATFORM_PROVIDER, relyingParty());
  const watermark = async (): Promise<void> => {
    const positions = await log.endPositions(CERTIFICATE_EVENTS);
    const at = positions.map(({ partition, nextOffset }) => ({ partition, nextOffset: `${nextOffset}` }));
    await append(STATUS_WATERMARKS, 'linkage-registry', { at: Date.now(), positions: at });
  };
  await watermark();
  setInterval(() => void watermark(), 1_000).unref();

  const config = readConfig(ocspResponder.config, {
    KAKUNIN_LOG_LEVEL: 'error',
    KAKUNIN_OCSP_PLAIN_PORT: '0',
    KAKUNIN_OCSP_PLAIN_CALLER: PLATFORM_PROVIDER,
    KAKUNIN_OCSP_MTLS_PORT: '0',
    KAKUNIN_OCSP_MANAGEMENT_PORT: '0',
    KAKUNIN_OCSP_TLS_CERTIFICATE_FILE: join(directory, 'benchmark-p256', 'certificate.pem'),
    KAKUNIN_OCSP_TLS_KEY_FILE: join(directory, 'benchmark-p256', 'key.pem'),
    KAKUNIN_OCSP_SIGNERS_DIRECTORY: directory,
    KAKUNIN_OCSP_DATA_DIRECTORY: dataDirectory,
  });
  const running = await startService(ocspResponder, { config, eventLog: log });
  while (!running.health.report().ok) await new Promise((resolve) => setTimeout(resolve, 20));
  process.once('SIGTERM', () => void running.close().then(() => process.exit(0)));
  console.log(`ready ${running.ports['plain']} ${running.managementPort}`);
}

function certificateEvents(directory: string): readonly CertificateEvent[] {
  return readdirSync(directory).flatMap((authorityId): readonly CertificateEvent[] => {
    const pem = readFileSync(join(directory, authorityId, 'ca.pem'), 'utf8');
    const certificate = Buffer.from(decodePem('CERTIFICATE', pem)).toString('base64');
    return [
      {
        type: 'authority_registered',
        authority: { authorityId, certificateClass: 'signature', certificate, serialScheme: { kind: 'random' } },
      },
      {
        type: 'certificate_status',
        authorityId,
        serialNumber: '1000',
        carrier: 'card',
        notAfter: NOT_AFTER,
        status: { status: 'good' },
      },
    ];
  });
}

const keyOf = (event: CertificateEvent): string =>
  event.type === 'authority_registered' ? event.authority.authorityId : event.authorityId;

const relyingParty = (): RelyingPartyEvent => ({
  type: 'relying_party',
  party: {
    code: PLATFORM_PROVIDER,
    name: 'Benchmark',
    kind: 'platform_provider',
    roles: ['platform_provider'],
    credentials: [],
  },
});
