import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type CertificateFiles, createOpensslCa, type OpensslCa } from '@kakunin/testing/openssl-ca';
import { kakuninOk } from './processes.ts';

export const AUTHORITY_ID = 'e2e-ca';
export const PROVIDER = 'e2e-pf';
export const SERVICE_PROVIDER = 'e2e-sp';

export interface SignerDirectories {
  readonly ocsp: string;
  readonly crl: string;
}

/** Makes an OpenSSL authority and puts what signs for it where the responder and the publisher look. */
export async function prepareAuthority(folder: string, signers: SignerDirectories): Promise<OpensslCa> {
  const authority = await createOpensslCa(join(folder, 'ca'));
  place(join(signers.ocsp, AUTHORITY_ID), await authority.issueResponder());
  place(join(signers.crl, AUTHORITY_ID), authority);
  return authority;
}

function place(directory: string, { certificateFile, keyFile }: CertificateFiles): void {
  mkdirSync(directory, { recursive: true });
  cpSync(certificateFile, join(directory, 'certificate.pem'));
  cpSync(keyFile, join(directory, 'key.pem'));
}

/** Registers the authority, a platform provider and a service provider behind it, as an operator does. */
export async function register(folder: string, authority: CertificateFiles): Promise<void> {
  const about = ['--certificate', authority.certificateFile, '--class', 'signature', '--serial-scheme', 'random'];
  await kakuninOk(folder, ['authority', 'register', AUTHORITY_ID, ...about]);
  const provider = ['--name', '検証用 PF 事業者', '--kind', 'platform_provider', '--role', 'platform_provider'];
  await kakuninOk(folder, ['relying-party', 'register', PROVIDER, ...provider]);
  const behind = ['--name', '検証用サービス', '--kind', 'service_provider', '--platform-provider', PROVIDER];
  await kakuninOk(folder, ['relying-party', 'register', SERVICE_PROVIDER, ...behind]);
}
