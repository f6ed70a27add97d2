import { stat } from 'node:fs/promises';

/**
 * Another text when the file was replaced, which has another inode, or rewritten, which has another time.
 * @returns undefined when there is no such file
 */
export async function fileVersion(file: string): Promise<string | undefined> {
  try {
    const { ino, mtimeMs, size } = await stat(file);
    return `${ino}:${mtimeMs}:${size}`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
