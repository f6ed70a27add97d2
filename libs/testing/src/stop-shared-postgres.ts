import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Environment variable: the folder in which workers note the data folders of the servers that they share. */
export const SHARED_SERVERS = 'KAKUNIN_TEST_SHARED_SERVERS';

/** Vitest's `globalSetup`: tells workers where to note their servers. @returns what stops them and removes their data */
export default function noteSharedServers(): () => void {
  const notes = mkdtempSync(join(tmpdir(), 'kakunin-shared-servers-'));
  process.env[SHARED_SERVERS] = notes;
  return () => {
    for (const name of readdirSync(notes)) stop(readFileSync(join(notes, name), 'utf8'));
    rmSync(notes, { recursive: true });
  };
}

function stop(folder: string): void {
  // The first line of postmaster.pid is the server's process; the file is gone when it has ended.
  const pidFile = join(folder, 'data/postmaster.pid');
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGINT');
    for (let wait = 0; wait < 100 && readFileSync(pidFile); wait += 1) sleep(50);
  } catch {
    // It has ended.
  }
  rmSync(folder, { recursive: true, force: true });
}

const sleep = (milliseconds: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
