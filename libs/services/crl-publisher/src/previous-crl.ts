import { type CertificateList, parseCrl } from '@kakunin/crl';
import type { CrlDescriptor } from '@kakunin/publication';
import type { PublishedCrls } from './published-crls.ts';
import { readAll } from './read-all.ts';

/** The CRL that the public sees now. */
export interface PreviousCrl {
  /** Where it lies in the store. */
  readonly key: string;
  readonly descriptor: CrlDescriptor;
  readonly list: CertificateList;
}

/** @throws CrlError `malformed_crl` when the published file was damaged */
export async function readPreviousCrl(published: PublishedCrls, authorityId: string): Promise<PreviousCrl | undefined> {
  const found = await published.newest(authorityId);
  return found && { key: found.key, descriptor: found.descriptor, list: parseCrl(await readAll(found.content)) };
}
