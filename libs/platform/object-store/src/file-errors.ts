import { PublicationError } from '@kakunin/publication';

/** True when an error of node:fs has one of these codes. */
export const isFileError = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

/** Runs a file operation; what the file system refuses becomes `store_unavailable`, with the reason kept as `cause`. */
export async function storeUnavailable<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof PublicationError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new PublicationError(
      'store_unavailable',
      `The object store refuses (${code}): check that its directory exists, is writable and has space.`,
      { cause: error },
    );
  }
}
