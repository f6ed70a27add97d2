import type { StoredObject } from '@kakunin/objects';
import type { ContentCoding } from './content-coding.ts';

/** One form of a resource, as it goes over the wire (RFC 9110, 3.2). */
export interface Representation {
  readonly contentType:
    'application/pkix-crl' | 'application/x-pem-file' | 'application/json' | 'application/octet-stream';
  readonly contentEncoding?: ContentCoding | 'dcz';
  readonly content: Pick<StoredObject, 'bytes' | 'read'>;
  /** Strong, with its quotes: each form has its own. */
  readonly etag: string;
  /** Epoch milliseconds; absent where two versions may come within one second. */
  readonly lastModified?: number;
  readonly cacheControl: string;
  /** Whether parts of it may be asked for. */
  readonly hasRanges: boolean;
  /** Path of the resource whose next versions this one is a dictionary for (RFC 9842). */
  readonly dictionaryFor?: string;
  /** Whether other callers may get another form under this URL. */
  readonly isNegotiated: boolean;
}
