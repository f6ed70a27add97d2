import { ObjectError } from '@kakunin/objects';

/** True when an error of node:fs has one of these codes. */
export const isFileError = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

/** Turns "there is no such file" into undefined. */
export function undefinedWhenMissing(error: unknown): undefined {
  if (isFileError(error, 'ENOENT', 'ENOTDIR')) return undefined;
  throw error;
}

/** Runs a file operation; what the file system refuses becomes `store_full` or `store_unavailable`, the reason is its `cause`. */
export async function asObjectError<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof ObjectError) throw error;
    if (isFileError(error, 'ENOSPC', 'EDQUOT')) {
      throw new ObjectError(
        'store_full',
        'The object store has no space left: make some on its disk or raise the quota.',
        {
          cause: error,
        },
      );
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new ObjectError(
      'store_unavailable',
      `The object store refuses (${code}): check that its directory exists and is writable.`,
      { cause: error },
    );
  }
}
