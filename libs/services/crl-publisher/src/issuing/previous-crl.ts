import { CrlStream } from '@kakunin/crl';
import type { PublishedCrl } from '../published-crls.ts';

/** The CRL that the public sees now; its content is read when it is compared. */
export type PreviousCrl = Pick<PublishedCrl, 'key' | 'descriptor' | 'content'>;

/** Its signature was verified when it was published. @throws CrlError `malformed_crl` when the published file was damaged; ObjectError */
export const openPrevious = (previous: PreviousCrl): Promise<CrlStream> =>
  CrlStream.open(previous.content.read(), { isVerified: false });
