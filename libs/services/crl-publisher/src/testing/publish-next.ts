import { DirectoryObjectStore } from '@kakunin/object-store';
import { type CrlDescriptor, crlKey, crlPointer } from '@kakunin/publication';
import { PublishedCrls } from '../published-crls.ts';

/** Publishes what stands for a CRL of authority `a`, in the order of the publisher. */
export async function publishNext(directory: string, crlNumber: bigint): Promise<CrlDescriptor> {
  const published = new PublishedCrls(await DirectoryObjectStore.at(directory));
  const previous = await published.newest({ authorityId: 'a' });
  const staged = await published.stage([Buffer.from(`CRL ${crlNumber}`)]);
  const now = Date.now();
  const descriptor: CrlDescriptor = {
    authorityId: 'a',
    certificateClass: 'signature',
    kind: 'complete',
    issuer: 'CN=a',
    keyAlgorithm: 'EC P-256',
    crlNumber,
    scheduled: true,
    thisUpdate: now,
    nextUpdate: now + 1,
    publishedAt: now,
    nextPublication: now,
    lastScheduledUpdate: now,
    entries: 0,
    bytes: staged.bytes,
    sha256: staged.sha256,
    url: `/${crlPointer({ authorityId: 'a' })}`,
    immutableUrl: `/${crlKey({ authorityId: 'a' }, crlNumber)}`,
  };
  await published.publish(staged, descriptor);
  await published.pointAt(descriptor, previous?.key);
  await staged.discard();
  await published.updateManifest([{ authorityId: 'a' }]);
  return descriptor;
}
