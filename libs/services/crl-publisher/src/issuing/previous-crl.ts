import { createHash } from 'node:crypto';
import { CrlStream } from '@kakunin/crl';
import type { StoredObject } from '@kakunin/objects';
import type { CrlDescriptor } from '@kakunin/publication';
import { inHand } from '../in-hand.ts';
import type { PublishedCrl } from '../published-crls.ts';

/** A signed CRL and its octets, which are read when it is compared. */
export interface CrlInHand {
  readonly descriptor: CrlDescriptor;
  readonly content: Pick<StoredObject, 'read'>;
}

/** Its signature was verified when it was published. @throws CrlError `malformed_crl` when the published file was damaged; ObjectError */
export const openPrevious = (previous: CrlInHand): Promise<CrlStream> =>
  CrlStream.open(previous.content.read(), { isVerified: false });

/**
 * A published CRL that is what was signed, to be read several times: compared with what has become of one, an entry could vanish unseen.
 * @returns undefined when it was altered
 * @throws ObjectError
 */
export async function unaltered(crl: PublishedCrl): Promise<CrlInHand | undefined> {
  const content = await inHand(crl.content);
  const hash = createHash('sha256');
  for await (const octets of content.read()) hash.update(octets);
  return hash.digest('hex') === crl.descriptor.sha256 ? { descriptor: crl.descriptor, content } : undefined;
}
