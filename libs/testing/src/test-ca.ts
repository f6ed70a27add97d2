import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { signingKeyOf } from '@kakunin/signing-keys';
import {
  basicConstraints,
  type Certificate,
  type DistinguishedName,
  encodeName,
  encodePem,
  extendedKeyUsage,
  type Extension,
  issueCertificate,
  keyUsage,
  ocspNoCheck,
  parseCertificate,
  type SigningCredential,
  type SigningKey,
  subjectAltName,
} from '@kakunin/x509';

export type TestKeyType = 'rsa' | 'p256' | 'p384' | 'ed25519';

/** A certificate with everything that a test may want to do with it. */
export interface IssuedCertificate {
  readonly certificate: Certificate;
  readonly credential: SigningCredential;
  readonly privateKey: KeyObject;
  readonly certificatePem: string;
  /** PKCS#8. */
  readonly keyPem: string;
}

export interface CertificateRequest {
  readonly subject?: DistinguishedName;
  readonly keyType?: TestKeyType;
  /** Lower-case hexadecimal; counted from 1000 when left out. */
  readonly serialNumber?: string;
  /** Epoch ms; from an hour ago, for ten years, when left out. */
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly extensions?: readonly Extension[];
}

/** An authority in this process; an EC certificate takes about a millisecond. */
export interface TestCa extends IssuedCertificate {
  issue(request?: CertificateRequest): Promise<IssuedCertificate>;
  /** With these extensions beside basicConstraints, and no others. */
  issueWith(extensions: readonly Extension[], request?: CertificateRequest): Promise<IssuedCertificate>;
  /** Delegated OCSP responder: id-kp-OCSPSigning and nocheck. */
  issueResponder(request?: CertificateRequest): Promise<IssuedCertificate>;
  /** For mutual TLS. */
  issueClient(commonName: string, request?: CertificateRequest): Promise<IssuedCertificate>;
  /** For `localhost` and 127.0.0.1. */
  issueServer(request?: CertificateRequest): Promise<IssuedCertificate>;
}

const HOUR = 3_600_000;
const TEN_YEARS = 87_660 * HOUR;
const AUTHORITY: DistinguishedName = [
  ['C', 'JP'],
  ['O', 'Kakunin Test'],
  ['CN', 'Test CA'],
];
const FIRST_SERIAL_NUMBER = 0x1000;

/** Makes an authority that signed itself. */
export async function createTestCa(request: CertificateRequest = {}): Promise<TestCa> {
  const ca = await certify({
    serialNumber: '1',
    subject: AUTHORITY,
    ...request,
    extensions: [
      basicConstraints({ authority: true }),
      keyUsage('keyCertSign', 'cRLSign'),
      ...(request.extensions ?? []),
    ],
  });
  const issuer = { name: ca.certificate.subject, key: ca.credential.key };
  let serialNumber = FIRST_SERIAL_NUMBER;
  const issueWith = (extensions: readonly Extension[], each: CertificateRequest = {}) =>
    certify(
      {
        serialNumber: (serialNumber++).toString(16),
        ...each,
        extensions: [basicConstraints({ authority: false }), ...extensions, ...(each.extensions ?? [])],
      },
      issuer,
    );
  return {
    ...ca,
    issueWith,
    issue: (each) => issueWith([keyUsage('digitalSignature')], each),
    issueResponder: (each) =>
      issueWith([keyUsage('digitalSignature'), extendedKeyUsage('ocspSigning'), ocspNoCheck()], each),
    issueClient: (commonName, each) =>
      issueWith([keyUsage('digitalSignature'), extendedKeyUsage('clientAuth')], {
        subject: [['CN', commonName]],
        ...each,
      }),
    issueServer: (each) =>
      issueWith([extendedKeyUsage('serverAuth'), subjectAltName({ dns: ['localhost'], ipv4: ['127.0.0.1'] })], each),
  };
}

async function certify(
  request: CertificateRequest,
  issuer?: { readonly name: Uint8Array; readonly key: SigningKey },
): Promise<IssuedCertificate> {
  const privateKey = await generatePrivateKey(request.keyType ?? 'p256');
  const key = signingKeyOf(privateKey);
  const subject = encodeName(
    request.subject ?? [
      ['C', 'JP'],
      ['CN', 'Test subject'],
    ],
  );
  const { serialNumber = '1', notBefore = Date.now() - HOUR, notAfter = Date.now() + TEN_YEARS } = request;
  const der = await issueCertificate({
    issuer: issuer ?? { name: subject, key },
    subject,
    publicKey: key.publicKey,
    serialNumber,
    validity: { notBefore, notAfter },
    extensions: request.extensions ?? [],
  });
  return {
    certificate: parseCertificate(der),
    credential: { key, certificate: der },
    privateKey,
    certificatePem: encodePem('CERTIFICATE', der),
    keyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

const generate = promisify(generateKeyPair);

async function generatePrivateKey(keyType: TestKeyType): Promise<KeyObject> {
  if (keyType === 'rsa') return (await generate('rsa', { modulusLength: 2048 })).privateKey;
  if (keyType === 'ed25519') return (await generate('ed25519')).privateKey;
  return (await generate('ec', { namedCurve: keyType === 'p256' ? 'P-256' : 'P-384' })).privateKey;
}
