import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestCa } from '@kakunin/testing/test-ca';
import { atLeast, atMost, type BenchmarkInput, measured, type Row } from '../frame/benchmark.ts';
import { buildPeers } from '../frame/go-programs.ts';
import { checkFile, type Signer, writeCrl } from './crl-file.ts';
import { opensslPerSecond } from './openssl-peer.ts';
import { revokedIndex } from './revoked-index.ts';

const run = promisify(execFile);

/** How much is made; a test of the benchmark itself takes less. */
export interface GenerationSizes {
  readonly entries: number;
  readonly goEntries: number;
  readonly opensslEntries: number;
}

/** The peers take memory for each entry, and gain nothing from more of them. */
const NATION: GenerationSizes = {
  entries: 10_000_000,
  goEntries: 1_000_000,
  opensslEntries: 200_000,
};
const UNIT = 'M entries/CPU s';

/** CRLs out of the status index, beside Go and OpenSSL with entries of the same shape. */
export async function generation(input: BenchmarkInput, full = NATION): Promise<readonly Row[]> {
  const sizes = { ...full, entries: full.entries * input.scale };
  const signer = await createTestCa();
  const rows = await complete(input, signer, sizes);
  const ours = rows[0]!.value;
  input.say('the peers: Go, OpenSSL');
  const { stdout } = await run(join(await buildPeers(input.directory), 'crl'), [String(sizes.goEntries)]);
  for (const [name, perSecond, goal] of [
    ['Go x509.CreateRevocationList', Number(stdout), 10],
    ['openssl ca -gencrl', await opensslPerSecond(input.directory, sizes.opensslEntries), 20],
  ] as const) {
    rows.push(measured(`generation: ${name}`, perSecond / 1e6, UNIT));
    rows.push(atLeast(goal, measured(`generation: ours to ${name}`, (ours * 1e6) / perSecond, '×')));
  }
  return rows;
}

async function complete(
  { directory, say }: BenchmarkInput,
  signer: Signer,
  { entries }: GenerationSizes,
): Promise<Row[]> {
  say(`revokes ${entries / 1e6} M`);
  const index = revokedIndex(entries);
  const [previous, next] = ['previous.crl', 'next.crl'].map((name) => join(directory, name)) as [string, string];
  const before = process.memoryUsage.rss();
  const peak = watchMemory();
  const frozen = index.freeze();
  // The first ones are for the compiler, and to compare with.
  await writeCrl(previous, signer, { crlNumber: 1n, entries: frozen.entries() });
  await checkFile(previous, previous, signer);
  say('generates');
  const made = await cpuSeconds(() => writeCrl(next, signer, { crlNumber: 2n, entries: frozen.entries() }));
  say('reads back, verifies, lints, compares');
  const checked = await cpuSeconds(() => checkFile(next, previous, signer));
  const above = (peak.stop() - before) / 1e6;
  frozen.release();
  return [
    measured(`generation of ${entries / 1e6} M entries`, entries / made / 1e6, UNIT),
    atLeast(1, measured('generation and check, whole pipeline', entries / (made + checked) / 1e6, UNIT)),
    atMost(100, measured('memory above the index, both', above, 'MB')),
  ];
}

async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

/** The largest resident set, looked at ten times a second. */
function watchMemory(): { stop: () => number } {
  let most = 0;
  const look = (): void => void (most = Math.max(most, process.memoryUsage.rss()));
  const timer = setInterval(look, 100);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return most;
    },
  };
}
