import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openssl } from '@kakunin/testing/openssl-ca';

export interface PublishedCrl {
  readonly url: string;
  /** PEM certificate of the authority that must have signed it. */
  readonly authorityFile: string;
  /** Where the file is put. */
  readonly folder: string;
}

/** Downloads a CRL and has the real openssl verify it. @returns its serial numbers, lower-case hex; empty when none is there */
export async function revokedSerials({ url, authorityFile, folder }: PublishedCrl): Promise<ReadonlySet<string>> {
  const response = await fetch(url);
  if (response.status !== 200) return new Set();
  const file = join(folder, 'published.crl');
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  const said = await openssl([
    'crl',
    '-inform',
    'DER',
    '-in',
    file,
    '-noout',
    '-text',
    '-CAfile',
    authorityFile,
    '-verify',
  ]);
  if (!said.includes('verify OK')) throw new Error(`openssl refuses the CRL at ${url}:\n${said.slice(0, 500)}`);
  return new Set([...said.matchAll(/Serial Number: ([0-9A-F]+)/g)].map(([, serial = '']) => serial.toLowerCase()));
}
