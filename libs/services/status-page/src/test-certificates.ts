import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateDer, encodePem, formatName, parseCertificate } from '@kakunin/x509';

/** What a verifier should find out about a test certificate. */
export const TEST_PURPOSES = ['valid', 'revoked', 'expired'] as const;
export type TestPurpose = (typeof TEST_PURPOSES)[number];

/** A certificate that its authority issued for verifiers to test with. */
export interface TestCertificate {
  /** Such as `signature-revoked.pem`; downloaded under `/test-certificates/`. */
  readonly file: string;
  readonly purpose: TestPurpose;
  readonly subject: string;
  /** Epoch milliseconds. */
  readonly notAfter: number;
  readonly pem: string;
}

/** Nothing else of the directory is shown: no key that lies there by mistake, no hidden file. */
const FILE = /^[a-z0-9][a-z0-9-]{0,62}-(valid|revoked|expired)\.pem$/;

/**
 * The test certificates of a directory, in the order of {@link TEST_PURPOSES}.
 * @throws Error when the directory cannot be read; X509Error when a file holds no certificate
 */
export async function readTestCertificates(directory: string): Promise<readonly TestCertificate[]> {
  const files = (await readdir(directory)).filter((file) => FILE.test(file)).sort();
  const found = await Promise.all(files.map((file) => readTestCertificate(directory, file)));
  return found.sort((one, other) => TEST_PURPOSES.indexOf(one.purpose) - TEST_PURPOSES.indexOf(other.purpose));
}

async function readTestCertificate(directory: string, file: string): Promise<TestCertificate> {
  const der = certificateDer(await readFile(join(directory, file)));
  const { subject, notAfter } = parseCertificate(der);
  const purpose = FILE.exec(file)?.[1] as TestPurpose;
  // Written anew: whatever else stands in the file stays there.
  return { file, purpose, subject: formatName(subject), notAfter, pem: encodePem('CERTIFICATE', der) };
}
