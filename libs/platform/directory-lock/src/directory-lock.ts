import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder belongs to one process at a time. */
export class DirectoryLockError extends Error {
  readonly code = 'directory_in_use';

  /** Process id of the holder, where it could be asked. */
  readonly holder: string | undefined;

  constructor(directory: string, holder: string | undefined) {
    const who = holder ? `process ${holder}` : 'another process';
    super(`${directory} is in use by ${who}: stop that one first, or choose another folder.`);
    this.name = 'DirectoryLockError';
    this.holder = holder;
  }
}

export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Takes a folder (made when it is new) for this process. The lock is a listening socket, so it goes with the process
 * however that ends: no stale file, no reused process id. It holds on this machine: not across a network file system, nor
 * between containers that have networks of their own.
 * @throws DirectoryLockError when another process, or this one, holds it
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  mkdirSync(directory, { recursive: true });
  const address = addressOf(realpathSync(directory));
  const server = (await listen(address)) ?? (await listenAfterStale(address));
  if (!server) throw new DirectoryLockError(directory, await askHolder(address));
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Linux has socket names that are no files and vanish with their process; elsewhere it is a file that may go stale. */
function addressOf(directory: string): string {
  const name = `kakunin-${createHash('sha256').update(directory).digest('hex').slice(0, 24)}`;
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
}

/** @returns undefined when the address is taken */
async function listen(address: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.on('error', () => undefined).end(String(process.pid)));
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve(server));
  });
}

async function listenAfterStale(address: string): Promise<Server | undefined> {
  if (address.startsWith('\0') || (await askHolder(address)) !== undefined) return undefined;
  rmSync(address, { force: true });
  return listen(address);
}

async function askHolder(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(address);
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (data) => (said += data.toString()));
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(said || undefined));
  });
}
