import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export const SECRET = 0o600;
export const PUBLIC = 0o644;

/** A reader never sees half a file, and a crash leaves the old one. */
export async function writeWhole(file: string, content: string, mode: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, content, { mode, flush: true });
  await rename(temporary, file);
}

export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What an earlier start made is kept: a sandbox whose creation was cut short goes on with the same keys. */
export async function readOrCreate(
  file: string,
  mode: number,
  create: () => Promise<string> | string,
): Promise<string> {
  const present = await readIfThere(file);
  if (present !== undefined) return present;
  const content = await create();
  await writeWhole(file, content, mode);
  return content;
}
