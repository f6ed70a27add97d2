import { ObjectError } from '@kakunin/objects';
import { S3ServiceException } from '@aws-sdk/client-s3';

/** The conditions that a write was made under do not hold; or another conditional write of the same key is going on. */
export const isRefused = (error: unknown): boolean =>
  error instanceof S3ServiceException && [409, 412].includes(error.$metadata.httpStatusCode ?? 0);

export const isMissing = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;

export const isOutOfRange = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 416;

/** S3 itself is never full; the servers that speak its protocol have their own words for it. */
const FULL = new Set(['XMinioStorageFull', 'QuotaExceeded', 'InsufficientStorage', 'NoSpaceLeftOnDevice']);
const INSUFFICIENT_STORAGE = 507;

/** Runs a request; what the store or the way to it refuses becomes `store_full` or `store_unavailable`, the reason is its `cause`. */
export async function asObjectError<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof ObjectError) throw error;
    const isService = error instanceof S3ServiceException;
    if (isService && (FULL.has(error.name) || error.$metadata.httpStatusCode === INSUFFICIENT_STORAGE)) {
      throw new ObjectError('store_full', 'The object store has no space left: make some or raise the quota.', {
        cause: error,
      });
    }
    throw new ObjectError(
      'store_unavailable',
      `The object store refuses (${reasonOf(error)}): check its endpoint, region, bucket and the AWS_… credentials.`,
      { cause: error },
    );
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
