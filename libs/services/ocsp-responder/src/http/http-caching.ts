import { createHash } from 'node:crypto';

export interface CacheableAnswer {
  readonly body: Uint8Array;
  /** Epoch milliseconds. */
  readonly thisUpdate: number;
  /** Epoch milliseconds. */
  readonly nextUpdate: number;
  /** The answer was counted for its caller: only the caller's own cache may hand it out again. */
  readonly charged: boolean;
}

/** Headers of RFC 9919, 7.2, for an answer to GET without nonce; `private` in place of its `public` where it is charged. */
export function cachingHeaders(
  { body, thisUpdate, nextUpdate, charged }: CacheableAnswer,
  now: number,
): Record<string, string> {
  const maxAge = Math.max(0, Math.floor((nextUpdate - now) / 1000));
  return {
    'cache-control': `max-age=${maxAge}, ${charged ? 'private' : 'public'}, no-transform, must-revalidate`,
    'last-modified': new Date(thisUpdate).toUTCString(),
    expires: new Date(nextUpdate).toUTCString(),
    etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
  };
}

/** Whatever else is answered must not be kept: errors pass, and a nonce is good for one answer. */
export const NOT_CACHED: Readonly<Record<string, string>> = { 'cache-control': 'no-store' };

/** Whether `If-None-Match` names this entity tag (RFC 9110, 13.1.2). */
export const matchesEntityTag = (ifNoneMatch: string | undefined, entityTag: string): boolean =>
  ifNoneMatch !== undefined &&
  ifNoneMatch.split(',').some((tag) => ['*', entityTag].includes(tag.trim().replace(/^W\//, '')));
