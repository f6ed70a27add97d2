import { closeSync, fsyncSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SnapshotDirectory } from '@kakunin/status-feed/snapshot-directory';
import { atMost, BenchmarkError, type BenchmarkInput, measured, type Row } from '../frame/benchmark.ts';
import { fill, residentOctets } from '../index/filled-index.ts';
import { FIRST_SERIAL, sequentialSerials } from '../index/serial-writer.ts';

const CERTIFICATES = 20_000_000;
const MEGABYTE = 2 ** 20;
const CHUNK = 2 ** 20;

/** A status snapshot as responder and publisher keep it, written and verified, against the same octets as a plain file. */
export async function snapshots({ directory, scale, say }: BenchmarkInput): Promise<readonly Row[]> {
  const count = Math.ceil(CERTIFICATES * scale);
  say(`writes a status snapshot of ${count.toLocaleString('en')} certificates, and loads it`);
  const scheme = { kind: 'sequential', first: FIRST_SERIAL } as const;
  const { index } = fill(scheme, sequentialSerials(), count);
  const place = join(directory, 'snapshots');
  const kept = new SnapshotDirectory(place, { warn: (why: unknown) => say(JSON.stringify(why)) });
  const authority = {
    authorityId: 'benchmark',
    certificateClass: 'signature',
    certificate: 'AA==',
    serialScheme: scheme,
  } as const;
  const written = await seconds(() =>
    kept.save({
      lastEvents: [],
      asOf: [],
      blocked: [],
      authorities: [{ authority, partition: 0, applied: {}, index }],
    }),
  );
  const file = join(place, readdirSync(place)[0] ?? '');
  const octets = statSync(file).size;
  const plainWritten = await seconds(() => writePlainly(join(directory, 'plain'), octets));
  const plainRead = await seconds(() => readPlainly(file));
  const before = residentOctets();
  const loaded = await seconds(() => {
    if (!kept.load()) throw new BenchmarkError('The snapshot could not be loaded.');
  });
  return [
    measured('snapshot: size', octets / MEGABYTE, 'MB'),
    measured('snapshot: written and synced', written, 's'),
    measured('snapshot: written / the same octets written', written / plainWritten, '×'),
    measured('snapshot: read, verified, ready', loaded, 's'),
    measured('snapshot: read / the same octets read', loaded / plainRead, '×'),
    atMost(400, measured('snapshot: memory that it takes', (residentOctets() - before) / MEGABYTE, 'MB')),
  ];
}

async function seconds(work: () => void | Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

function writePlainly(path: string, octets: number): void {
  const file = openSync(path, 'w', 0o600);
  const chunk = Buffer.alloc(CHUNK, 1);
  for (let left = octets; left > 0; left -= CHUNK) writeSync(file, chunk, 0, Math.min(left, CHUNK));
  fsyncSync(file);
  closeSync(file);
}

function readPlainly(path: string): void {
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(CHUNK);
  while (readSync(file, chunk) > 0);
  closeSync(file);
}
