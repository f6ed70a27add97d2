import { run } from '../support/processes.ts';

/**
 * The kernel refuses every write of the process to a file, as a full disk does.
 * @returns what makes room again; nothing to do when the process is gone by then
 */
export async function fillDisk(pid: number): Promise<() => Promise<void>> {
  const { status, stderr } = await run('prlimit', ['--pid', `${pid}`, '--fsize=0:']);
  if (status !== 0) throw new Error(`prlimit refused: ${stderr}`);
  return async () => void (await run('prlimit', ['--pid', `${pid}`, '--fsize=unlimited:']));
}
