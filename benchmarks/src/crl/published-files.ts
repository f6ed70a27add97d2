import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DirectoryObjectStore } from '@kakunin/object-store';
import { crlKey, crlPointer, descriptorKeyOf, encodeCrlDescriptor } from '@kakunin/publication';

const DAY = 86_400_000;

/** Publishes octets as CRL 1 of an authority: to whoever serves them they are a CRL like any other. */
export async function publishFile(directory: string, authorityId: string, bytes: number): Promise<void> {
  const store = await DirectoryObjectStore.at(join(directory, 'published'));
  const key = crlKey({ authorityId }, 1n);
  const staged = await store.stage([randomBytes(bytes)]);
  const now = Date.now();
  const descriptor = encodeCrlDescriptor({
    authorityId,
    kind: 'complete',
    certificateClass: 'signature',
    issuer: 'CN=benchmark',
    keyAlgorithm: 'EC P-256',
    crlNumber: 1n,
    scheduled: true,
    thisUpdate: now,
    nextUpdate: now + DAY,
    publishedAt: now,
    nextPublication: now + DAY / 2,
    lastScheduledUpdate: now,
    entries: 0,
    bytes: staged.bytes,
    sha256: staged.sha256,
    url: `/${crlPointer({ authorityId })}`,
    immutableUrl: `/${key}`,
  });
  await store.put(descriptorKeyOf(key), descriptor);
  await staged.publish(key);
  await staged.discard();
  await store.point(crlPointer({ authorityId }), key);
}
