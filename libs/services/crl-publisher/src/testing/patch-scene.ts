import { createHash } from 'node:crypto';
import type { ObjectStore } from '@kakunin/objects';
import { type CrlDescriptor, crlKey, crlPointer } from '@kakunin/publication';
import { PublishedCrls } from '../published-crls.ts';

/** What stands for entries of a CRL in octets that look random, in the order of serial numbers. */
function entryOf(serial: number): Buffer {
  const entry = Buffer.alloc(48, 0x30);
  createHash('sha256').update(String(serial)).digest().copy(entry, 4, 0, 16);
  return entry;
}

/** As large as the CRL of so many certificates; of those whose number `lacks` names there is no entry. */
export function crlOctets(entries: number, lacks: (serial: number) => boolean = () => false): Buffer {
  const listed = Array.from({ length: entries }, (_, serial) => serial).filter((serial) => !lacks(serial));
  const header = createHash('sha512').update(`header of ${listed.length}`).digest();
  return Buffer.concat([header, ...listed.map(entryOf), header]);
}

export interface PublishedOctets {
  readonly octets: Buffer;
  readonly crlNumber: bigint;
  readonly scheduled?: boolean;
  readonly publishedAt?: number;
}

/** Publishes octets as if they were a CRL of authority `a`, and lists them in the manifest. */
export async function publishOctets(
  store: ObjectStore,
  { octets, crlNumber, scheduled = true, publishedAt = 0 }: PublishedOctets,
): Promise<string> {
  const published = new PublishedCrls(store);
  const series = { authorityId: 'a' };
  const staged = await published.stage([octets]);
  const { bytes, sha256 } = staged;
  const key = crlKey(series, crlNumber);
  const descriptor: CrlDescriptor = {
    ...series,
    certificateClass: 'signature',
    kind: 'complete',
    issuer: 'CN=a',
    keyAlgorithm: 'EC P-256',
    crlNumber,
    scheduled,
    thisUpdate: publishedAt,
    nextUpdate: publishedAt + 86_400_000,
    publishedAt,
    nextPublication: publishedAt + 3_600_000,
    lastScheduledUpdate: publishedAt,
    entries: 0,
    bytes,
    sha256,
    url: `/${crlPointer(series)}`,
    immutableUrl: `/${key}`,
  };
  await published.publish(staged, descriptor);
  await published.pointAt(descriptor, await published.newestKey(series));
  await staged.discard();
  await published.updateManifest([series]);
  return key;
}
