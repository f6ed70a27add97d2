import type { IncomingHttpHeaders } from 'node:http';

/** What identifies a version of a resource. */
export interface Validators {
  /** Strong, with its quotes (RFC 9110, 8.8.3). */
  readonly etag: string;
  /** Epoch milliseconds; HTTP knows whole seconds only. */
  readonly lastModified: number;
}

const withoutWeakness = (etag: string): string => etag.trim().replace(/^W\//, '');

/** Whether the caller has this version already: If-None-Match first, If-Modified-Since only without it (RFC 9110, 13.2.2). */
export function isNotModified(headers: IncomingHttpHeaders, { etag, lastModified }: Validators): boolean {
  const known = headers['if-none-match'];
  if (known !== undefined) {
    return known.trim() === '*' || known.split(',').some((candidate) => withoutWeakness(candidate) === etag);
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && Math.floor(lastModified / 1_000) * 1_000 <= since;
}
