import { X509Certificate } from 'node:crypto';
import { normalizeSerialNumber } from '@kakunin/certificates';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';

/** A certificate from a PEM or DER file, `-` for stdin. @throws CliError `usage` */
export async function readCertificate(context: Context, name: string): Promise<X509Certificate> {
  const octets = await context.read(name);
  try {
    return new X509Certificate(octets);
  } catch (cause) {
    throw new CliError('usage', `${name === '-' ? 'stdin' : name} holds no X.509 certificate (PEM or DER).`, { cause });
  }
}

/** As the registry takes it: lower-case hex without leading zeros. */
export const serialNumberOf = (certificate: X509Certificate): string => parseSerialNumber(certificate.serialNumber);

/** @throws CliError `usage` */
export function parseSerialNumber(text: string): string {
  const serialNumber = normalizeSerialNumber(text);
  if (serialNumber !== undefined) return serialNumber;
  throw new CliError('usage', 'A serial number is hexadecimal, at most 20 octets.');
}

/** SHA-256 over the DER, lower-case hex. */
export const fingerprintOf = (certificate: X509Certificate): string =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase();
