import { createHash, type Hash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { certificateDer, encodePem } from '@kakunin/x509';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import { whyNot } from './file-fault.ts';

/** A list to be sent. */
export interface ListFile {
  readonly octets: Readable;
  /** Octets, when known. */
  readonly size?: number;
  /** SHA-256, hex; of what can be read twice. */
  readonly hash?: string;
}

const AT_ONCE = 256 * 1024;

/** A file, `-` for stdin, or a folder of certificates. @throws CliError `usage` when it cannot be read */
export async function openList(context: Context, name: string, format: string): Promise<ListFile> {
  if (name === '-') return { octets: context.terminal.stdin };
  const path = context.path(name);
  try {
    const found = statSync(path);
    if (found.isDirectory()) {
      if (format !== 'certificates') throw new Error('it is a folder (which --format certificates takes)');
      return { octets: Readable.from(certificatesIn(path)) };
    }
    const hash = createHash('sha256');
    await pipeline(open(path), hashing(hash));
    return { octets: open(path), size: found.size, hash: hash.digest('hex') };
  } catch (cause) {
    throw new CliError('usage', `${name} cannot be read: ${whyNot(cause)}.`, { cause });
  }
}

const open = (path: string): Readable => createReadStream(path, { highWaterMark: AT_ONCE });

const hashing = (hash: Hash) => async (octets: AsyncIterable<Uint8Array>) => {
  for await (const piece of octets) hash.update(piece);
};

/** PEM of all files of a folder, one certificate or more each, in the order of their names. */
function* certificatesIn(folder: string): Generator<string> {
  for (const name of readdirSync(folder).toSorted()) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    const octets = readFileSync(path);
    const isDer = octets[0] === 0x30;
    yield isDer ? encodePem('CERTIFICATE', certificateDer(octets)) : `${octets.toString('latin1')}\n`;
  }
}
