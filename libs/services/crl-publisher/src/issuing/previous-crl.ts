import { createHash } from 'node:crypto';
import { CrlStream } from '@kakunin/crl';
import type { PublishedCrl } from '../published-crls.ts';

/** The CRL that the public sees now; its content is read when it is compared. */
export type PreviousCrl = Pick<PublishedCrl, 'key' | 'descriptor' | 'content'>;

/** Its signature was verified when it was published. @throws CrlError `malformed_crl` when the published file was damaged; ObjectError */
export const openPrevious = (previous: PreviousCrl): Promise<CrlStream> =>
  CrlStream.open(previous.content.read(), { isVerified: false });

/** Whether they still are what was signed: compared with what has become of one, an entry could vanish unseen. @throws ObjectError */
export async function areAsPublished(...crls: readonly (PreviousCrl | undefined)[]): Promise<boolean> {
  for (const crl of crls) if (crl && (await sha256Of(crl)) !== crl.descriptor.sha256) return false;
  return true;
}

async function sha256Of({ content }: PreviousCrl): Promise<string> {
  const hash = createHash('sha256');
  for await (const octets of content.read()) hash.update(octets);
  return hash.digest('hex');
}
