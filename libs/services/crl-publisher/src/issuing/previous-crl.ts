import { createHash } from 'node:crypto';
import { CrlStream } from '@kakunin/crl';
import { inHand } from '../in-hand.ts';
import type { PublishedCrl } from '../published-crls.ts';

/** The CRL that the public sees now; its content is read when it is compared. */
export type PreviousCrl = Pick<PublishedCrl, 'key' | 'descriptor' | 'content'>;

/** Its signature was verified when it was published. @throws CrlError `malformed_crl` when the published file was damaged; ObjectError */
export const openPrevious = (previous: PreviousCrl): Promise<CrlStream> =>
  CrlStream.open(previous.content.read(), { isVerified: false });

/**
 * A published CRL that is what was signed, to be read several times: compared with what has become of one, an entry could vanish unseen.
 * @returns undefined when it was altered
 * @throws ObjectError
 */
export async function unaltered(crl: PublishedCrl): Promise<PublishedCrl | undefined> {
  const content = await inHand(crl.content);
  const hash = createHash('sha256');
  for await (const octets of content.read()) hash.update(octets);
  return hash.digest('hex') === crl.descriptor.sha256 ? { ...crl, content } : undefined;
}
