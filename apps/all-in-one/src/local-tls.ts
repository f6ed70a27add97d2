import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pemSigningKey } from '@kakunin/signing-keys';
import {
  basicConstraints,
  certificateDer,
  encodeName,
  encodePem,
  type Extension,
  extendedKeyUsage,
  isIssuedBy,
  issueCertificate,
  keyUsage,
  parseCertificate,
  subjectAltName,
} from '@kakunin/x509';

/** The files with which the services and the operator know each other on this machine. */
export interface LocalTls {
  readonly caFile: string;
  readonly server: TlsFiles;
  readonly operator: TlsFiles;
}

export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

const DAY = 86_400_000;
const CA_DAYS = 3_650;
/** What browsers accept of a server at most. */
const LEAF_DAYS = 397;
const RENEW_DAYS_BEFORE_END = 30;

/** Makes, or renews when their end is near, a small authority and the certificates of this machine below it. */
export async function prepareLocalTls(directory: string, now: number): Promise<LocalTls> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const files = (name: string): TlsFiles => ({
    certificateFile: join(directory, `${name}.pem`),
    keyFile: join(directory, `${name}.key.pem`),
  });
  const ca = files('ca');
  const authority = [basicConstraints({ authority: true, pathLength: 0 }), keyUsage('keyCertSign', 'cRLSign')];
  await prepare({ files: ca, issuer: ca, name: 'Kakunin local TLS', days: CA_DAYS, extensions: authority, now });
  const server = files('server');
  const names = subjectAltName({ dns: ['localhost'], ipv4: ['127.0.0.1'] });
  const serverUse = [keyUsage('digitalSignature'), extendedKeyUsage('serverAuth'), names];
  await prepare({ files: server, issuer: ca, name: 'localhost', days: LEAF_DAYS, extensions: serverUse, now });
  const operator = files('operator');
  const clientUse = [keyUsage('digitalSignature'), extendedKeyUsage('clientAuth')];
  await prepare({ files: operator, issuer: ca, name: 'Kakunin operator', days: LEAF_DAYS, extensions: clientUse, now });
  return { caFile: ca.certificateFile, server, operator };
}

interface Preparation {
  readonly files: TlsFiles;
  readonly issuer: TlsFiles;
  readonly name: string;
  readonly days: number;
  readonly extensions: readonly Extension[];
  readonly now: number;
}

async function prepare({ files, issuer, name, days, extensions, now }: Preparation): Promise<void> {
  if (isGood(files, issuer, now)) return;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyPem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  writeFileSync(files.keyFile, keyPem, { mode: 0o600 });
  const selfSigned = files === issuer;
  const subject = encodeName([['CN', name]]);
  const certificate = await issueCertificate({
    issuer: {
      name: selfSigned ? subject : parseCertificate(certificateOf(issuer)).subject,
      key: pemSigningKey(readFileSync(issuer.keyFile, 'utf8')),
    },
    subject,
    publicKey: pemSigningKey(keyPem.toString()).publicKey,
    // 127 bits of chance, and never a leading zero.
    serialNumber: `4${randomBytes(16).toString('hex').slice(1)}`,
    validity: { notBefore: now - DAY, notAfter: now + days * DAY },
    extensions,
  });
  writeFileSync(files.certificateFile, encodePem('CERTIFICATE', certificate));
}

const certificateOf = (files: TlsFiles): Uint8Array => certificateDer(readFileSync(files.certificateFile));

/** A new authority makes everything below it anew. */
function isGood(files: TlsFiles, issuer: TlsFiles, now: number): boolean {
  if (!existsSync(files.certificateFile) || !existsSync(files.keyFile)) return false;
  const certificate = parseCertificate(certificateOf(files));
  const remaining = certificate.notAfter - now;
  return remaining > RENEW_DAYS_BEFORE_END * DAY && isIssuedBy(certificate, parseCertificate(certificateOf(issuer)));
}
