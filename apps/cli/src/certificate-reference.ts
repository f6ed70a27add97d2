import { X509Certificate } from 'node:crypto';
import type { Command } from 'commander';
import { parseSerialNumber, readCertificate, serialNumberOf } from './certificate-file.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import { authoritiesSchema } from './registry-api.ts';

export interface CertificateOptions {
  readonly certificate?: string;
  readonly authority?: string;
  readonly serial?: string;
}

/** Which certificate of which authority is meant. */
export interface CertificateReference {
  readonly authorityId: string;
  readonly serialNumber: string;
}

export const withCertificateOptions = (command: Command): Command =>
  command
    .option('--certificate <file>', 'the certificate, PEM or DER')
    .option('--authority <id>', 'without the certificate: its authority')
    .option(
      '--serial <hex>',
      'without the certificate: its serial number; `-` reads it from stdin, out of the history',
    );

/** @throws CliError `usage` when the options name no certificate, `failed` when no registered authority issued it */
export async function certificateReference(
  context: Context,
  options: CertificateOptions,
): Promise<CertificateReference> {
  const { certificate, authority, serial } = options;
  if (certificate !== undefined && authority === undefined && serial === undefined) {
    return referenceTo(context, await readCertificate(context, certificate));
  }
  if (certificate === undefined && authority !== undefined && serial !== undefined) {
    return { authorityId: authority, serialNumber: parseSerialNumber(await context.secret(serial)) };
  }
  throw new CliError(
    'usage',
    'Name the certificate by --certificate FILE, or by --authority ID and --serial HEX (`-` for stdin).',
  );
}

/** Key generations share a name: which of them issued a certificate shows only in its signature. */
export async function referenceTo(context: Context, certificate: X509Certificate): Promise<CertificateReference> {
  const authorities = await context.registry().get('/authorities', authoritiesSchema);
  const issuer = authorities.find((authority) => {
    const candidate = new X509Certificate(Buffer.from(authority.certificate, 'base64'));
    return certificate.checkIssued(candidate) && certificate.verify(candidate.publicKey);
  });
  if (!issuer) throw new CliError('failed', 'No registered authority issued this certificate.');
  return { authorityId: issuer.authorityId, serialNumber: serialNumberOf(certificate) };
}
