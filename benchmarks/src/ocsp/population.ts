import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleOcspResponse, certIdOf, encodeOcspRequest, encodeResponseData, responderIdByKey } from '@kakunin/ocsp';
import { createTestCa } from '@kakunin/testing/test-ca';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';
import type { Certificate } from '@kakunin/x509';
import { writeBodies } from '../frame/load.ts';
import type { RequestBodies } from '../frame/load.ts';

export type KeyType = 'p256' | 'rsa';

/** Certificates that each authority issued; every tenth is revoked. */
export const ISSUED = 100_000;
const FIRST_SERIAL_NUMBER = 0x100000;
export const serialNumberOf = (ordinal: number): string => (FIRST_SERIAL_NUMBER + ordinal).toString(16);
export const isRevoked = (ordinal: number): boolean => ordinal % 10 === 3;
export const REVOKED_AT = Date.UTC(2026, 0, 31, 12);
export const FIRST_SERIAL = serialNumberOf(0);

/** How many different certificates a load asks about, spread over all. */
const ASKED = 2_000;
export const NONCE_OCTETS = 16;

/** An authority for one measurement: its files, as every server wants them, and requests about its certificates. */
export interface Population {
  readonly authorityId: string;
  readonly certificate: Certificate;
  readonly certificateFile: string;
  readonly responder: { readonly keyFile: string; readonly certificateFile: string };
  /** As `openssl ca` keeps it. */
  readonly indexFile: string;
  readonly requests: RequestBodies;
  readonly requestsWithNonce: RequestBodies;
  /** For the mutual TLS listener, and for one caller. */
  readonly client: { readonly certificateFile: string; readonly keyFile: string };
  /** Signed answers to `requests`, base64, one a line: what cfssl serves. */
  writeAnswers(): Promise<string>;
}

export const fingerprintOf = (der: Uint8Array): string => createHash('sha256').update(der).digest('hex');

/** The responder's pair lies as the service wants it: `<directory>/<authorityId>/{key,certificate}.pem`. */
export async function createPopulation(directory: string, keyType: KeyType): Promise<Population> {
  const authorityId = `benchmark-${keyType}`;
  const folder = join(directory, authorityId);
  mkdirSync(folder, { recursive: true });
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const ca = await createTestCa({ keyType });
  const responder = await ca.issueResponder({ keyType });
  const server = await ca.issueServer();
  const client = await ca.issueClient('benchmark');
  file('tls-certificate.pem', server.certificatePem);
  file('tls-key.pem', server.keyPem);
  const asked = Array.from({ length: ASKED }, (_, index) => Math.floor((index * ISSUED) / ASKED) + (index % 10));
  const requestOf = (ordinal: number, nonce?: Uint8Array): Uint8Array =>
    encodeOcspRequest({
      certIds: [certIdOf(ca.certificate, serialNumberOf(ordinal), 'sha1')],
      ...(nonce && { nonce }),
    });
  return {
    authorityId,
    certificate: ca.certificate,
    certificateFile: file('ca.pem', ca.certificatePem),
    responder: {
      keyFile: file('key.pem', responder.keyPem),
      certificateFile: file('certificate.pem', responder.certificatePem),
    },
    indexFile: file('index.txt', indexText()),
    client: {
      certificateFile: file('client-certificate.pem', client.certificatePem),
      keyFile: file('client-key.pem', client.keyPem),
    },
    requests: writeBodies(
      join(folder, 'requests'),
      asked.map((ordinal) => requestOf(ordinal)),
    ),
    requestsWithNonce: writeBodies(
      join(folder, 'requests-with-nonce'),
      asked.map((ordinal) => requestOf(ordinal, randomBytes(NONCE_OCTETS))),
      NONCE_OCTETS,
    ),
    writeAnswers: async () => {
      const answers = await Promise.all(asked.map((ordinal) => answerOf(ca.certificate, responder, ordinal)));
      return file('answers', answers.map((answer) => Buffer.from(answer).toString('base64')).join('\n'));
    },
  };
}

function indexText(): string {
  const lines = Array.from({ length: ISSUED }, (_, ordinal) => {
    const [status, revokedAt] = isRevoked(ordinal) ? ['R', '260131120000Z'] : ['V', ''];
    const serialNumber = serialNumberOf(ordinal).toUpperCase();
    return `${status}\t491231235959Z\t${revokedAt}\t${serialNumber}\tunknown\t/CN=${serialNumber}\n`;
  });
  return lines.join('');
}

async function answerOf(issuer: Certificate, responder: IssuedCertificate, ordinal: number): Promise<Uint8Array> {
  const { certificate, credential } = responder;
  const thisUpdate = Date.now();
  const tbs = encodeResponseData({
    responderId: responderIdByKey(certificate),
    producedAt: thisUpdate,
    responses: [
      {
        certId: certIdOf(issuer, serialNumberOf(ordinal), 'sha1'),
        certStatus: isRevoked(ordinal) ? { status: 'revoked', revocationTime: REVOKED_AT } : { status: 'good' },
        thisUpdate,
        nextUpdate: thisUpdate + 86_400_000,
      },
    ],
  });
  const signature = await credential.key.sign(tbs);
  return assembleOcspResponse({ tbs, algorithm: credential.key.algorithm, signature, certificates: [certificate.der] });
}
