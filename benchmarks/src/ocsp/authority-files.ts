import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import { createTestCa } from '@kakunin/testing/test-ca';
import type { Certificate } from '@kakunin/x509';

export type KeyType = 'p256' | 'rsa';

/** An authority for one measurement: its files, and requests about a good certificate of it. */
export interface AuthorityFiles {
  readonly authorityId: string;
  readonly certificate: Certificate;
  readonly certificateFile: string;
  readonly serialNumber: string;
  readonly responder: { readonly keyFile: string; readonly certificateFile: string };
  /** As `openssl ca` keeps it: the certificate alone, valid. */
  readonly indexFile: string;
  readonly request: Uint8Array;
  readonly requestWithNonce: {
    readonly body: Uint8Array;
    readonly nonce: { readonly offset: number; readonly length: number };
  };
}

const SERIAL_NUMBER = '1000';
const NONCE_OCTETS = 16;

/** The responder's pair lies as the service wants it: `<directory>/<authorityId>/{key,certificate}.pem`. */
export async function createAuthorityFiles(directory: string, keyType: KeyType): Promise<AuthorityFiles> {
  const authorityId = `benchmark-${keyType}`;
  const ca = await createTestCa({ keyType });
  const responder = await ca.issueResponder({ keyType, serialNumber: 'ffff' });
  const folder = join(directory, authorityId);
  mkdirSync(folder, { recursive: true });
  const files = { ca: 'ca.pem', key: 'key.pem', certificate: 'certificate.pem', index: 'index.txt' };
  const at = (name: keyof typeof files): string => join(folder, files[name]);
  writeFileSync(at('ca'), ca.certificatePem);
  writeFileSync(at('key'), responder.keyPem);
  writeFileSync(at('certificate'), responder.certificatePem);
  writeFileSync(at('index'), `V\t491231235959Z\t\t${SERIAL_NUMBER}\tunknown\t/CN=benchmark\n`);
  const certIds = [certIdOf(ca.certificate, SERIAL_NUMBER, 'sha1')];
  const nonce = randomBytes(NONCE_OCTETS);
  const body = encodeOcspRequest({ certIds, nonce });
  return {
    authorityId,
    certificate: ca.certificate,
    certificateFile: at('ca'),
    serialNumber: SERIAL_NUMBER,
    responder: { keyFile: at('key'), certificateFile: at('certificate') },
    indexFile: at('index'),
    request: encodeOcspRequest({ certIds }),
    requestWithNonce: { body, nonce: { offset: Buffer.from(body).indexOf(nonce), length: NONCE_OCTETS } },
  };
}
