import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LedgerSource } from '@kakunin/client/ledger';
import { CHECKPOINT_PATH, entriesPath, tilePath, tilesOf } from '@kakunin/usage-ledger';
import { CliError } from './cli-error.ts';
import { groupDigits } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Files that are asked for at the same time. */
const LANES = 8;

/**
 * Copies what a ledger has now into a directory, the checkpoint last; what is there already, never changes. Nothing is
 * verified: that is for whoever reads the copy.
 * @param onFile is told after each file, how many of all there are
 * @returns how many leaves the tree has
 */
export async function copyLedger(
  ledger: LedgerSource,
  directory: string,
  onFile: (done: number, all: number) => void,
): Promise<number> {
  const checkpoint = await read(ledger, CHECKPOINT_PATH);
  const size = Number(checkpoint.toString('utf8').split('\n')[1]);
  if (!Number.isSafeInteger(size) || size < 0) throw new CliError('failed', 'The ledger shows no checkpoint.');
  const tiles = Array.from(tilesOf(size));
  const paths = tiles.flatMap((tile) => (tile.level === 0 ? [tilePath(tile), entriesPath(tile)] : [tilePath(tile)]));
  let done = 0;
  const queue = paths.values();
  const lane = async (): Promise<void> => {
    for (const path of queue) {
      const file = join(directory, path);
      if (!existsSync(file)) await write(file, await read(ledger, path));
      onFile((done += 1), paths.length);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await write(join(directory, CHECKPOINT_PATH), checkpoint);
  return size;
}

/** Says on stderr how far a copy got: in place on a terminal, one line in ten seconds elsewhere. */
export function copyProgress({ clock, stderr }: Terminal): (done: number, all: number) => void {
  const start = clock.now();
  const every = stderr.isTTY ? 500 : 10_000;
  let shown = start;
  return (done, all) => {
    if (clock.now() - shown < every) return;
    shown = clock.now();
    const rate = (1_000 * done) / Math.max(shown - start, 1);
    const left = Math.ceil((all - done) / rate);
    const text = `${groupDigits(done)} of ${groupDigits(all)} files, ${groupDigits(Math.round(rate))}/s, ${left} s left`;
    stderr.write(stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
    if (stderr.isTTY && done === all) stderr.write('\n');
  };
}

async function read(ledger: LedgerSource, path: string): Promise<Buffer> {
  const octets = await ledger.read(path);
  if (octets) return Buffer.from(octets);
  throw new CliError('failed', `The ledger has no ${path}, or it is not yours to read.`);
}

/** All at once: a copy that breaks off leaves no half of a file. */
async function write(file: string, octets: Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.part`, octets);
  await rename(`${file}.part`, file);
}
