import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const FLAGS = ['--conditions=@kakunin/source', '--experimental-transform-types', '--no-warnings'];

/**
 * Runs a program of this folder that kills itself before one of its steps.
 * @param input.scratch where a process that lives leaves compiled code behind for those that are killed
 * @returns whether it lived to its end
 */
export async function runAndDie(input: {
  readonly program: string;
  readonly scratch: string;
  readonly directory: string;
  readonly before: number;
}): Promise<boolean> {
  const { program, scratch, directory, before } = input;
  try {
    const env = { ...process.env, NODE_COMPILE_CACHE: join(scratch, 'compiled') };
    await run(process.execPath, [...FLAGS, join(import.meta.dirname, program), directory, String(before)], { env });
    return true;
  } catch (error) {
    if ((error as { signal?: string }).signal !== 'SIGKILL') throw error;
    return false;
  }
}
