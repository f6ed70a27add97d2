import type { PutObjectCommandInput } from '@aws-sdk/client-s3';

const CONTENT_TYPES = new Map([
  ['crl', 'application/pkix-crl'],
  ['json', 'application/json'],
  ['pem', 'application/x-pem-file'],
]);
const CONTENT_ENCODINGS = new Map([
  ['gz', 'gzip'],
  ['br', 'br'],
  ['zst', 'zstd'],
]);

/** A pointer moves when it must; a CDN asks again after this. */
const POINTER = 'public, max-age=60, stale-while-revalidate=60, stale-if-error=86400';
/** RFC 8246. */
const OBJECT = 'public, max-age=31536000, immutable';

/** What a CDN in front of the bucket needs to serve a key as the publisher itself would. */
export function contentHeaders(
  key: string,
  kind: 'object' | 'pointer',
): Pick<PutObjectCommandInput, 'ContentType' | 'ContentEncoding' | 'CacheControl'> {
  const [last = '', before = ''] = key.split('.').toReversed();
  const encoding = CONTENT_ENCODINGS.get(last);
  return {
    ContentType: CONTENT_TYPES.get(encoding ? before : last) ?? 'application/octet-stream',
    ...(encoding && { ContentEncoding: encoding }),
    CacheControl: kind === 'pointer' ? POINTER : OBJECT,
  };
}
