import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { StatusIndex } from '@kakunin/status-index';
import { atLeast, atMost, measured } from '../frame/benchmark.ts';
import type { Benchmark, BenchmarkInput, Row } from '../frame/benchmark.ts';
import { fill, GOOD, isRevoked, randomSection, relabelled, residentOctets, sealedSection } from './filled-index.ts';
import type { Filled } from './filled-index.ts';
import { leastTime, LOOK_UPS, lookUpTime, ordinalsInRandomOrder, randomReadTime } from './look-ups.ts';
import { revokeWhileRead } from './revocations.ts';
import {
  FIRST_SERIAL,
  KEY_VERSION,
  randomSerials,
  SEALED_OCTETS,
  sealedSerials,
  sequentialSerials,
} from './serial-writer.ts';
import { load, writeSeconds } from './snapshot.ts';

const NATION = 200_000_000;
const RANDOM = 50_000_000;
const WARM_UP = 200_000;
const NANOSECONDS = 'ns';

/** The status index at the size of the nation. */
export const statusIndex: Benchmark = {
  name: 'index',
  summary: 'the status index: memory, look-ups, snapshots and revocations at the size of the nation (2 minutes, 3 GB)',
  run: async (input) => [...(await nation(input)), ...random(input)],
};

async function nation({ directory, say }: BenchmarkInput): Promise<Row[]> {
  // So that code that is compiled on the way does not count as memory of the index.
  fill({ kind: 'sequential', first: FIRST_SERIAL }, sequentialSerials(), WARM_UP);
  say(`issues ${millions(NATION)} sequential serial numbers, one in ten revoked`);
  const filled = fill({ kind: 'sequential', first: FIRST_SERIAL }, sequentialSerials(), NATION);
  const rows = [memoryRow('sequential', filled), putRow('sequential', filled), ...lookUps(filled.index)];
  say('lists the revoked ones');
  rows.push(atLeast(5, measured('revoked ones listed for a CRL', entriesPerSecond(filled.index), 'M/s')));
  say('writes a snapshot, loads it as one of sealed serial numbers');
  const path = join(directory, 'snapshot');
  const image = relabelled(filled.index.encode(), { kind: 'sealed' }, sealedSection(NATION, KEY_VERSION));
  rows.push(measured('snapshot written and synced', writeSeconds(path, image), 's'), ...sealed(path));
  say(`revokes ${millions(LOOK_UPS)} more in random order while another thread looks up`);
  const good = ordinalsInRandomOrder(NATION, (ordinal) => !isRevoked(ordinal));
  const { perSecond, lookUpsPerSecond } = await revokeWhileRead(filled.index, sequentialSerials(), good);
  rows.push(atLeast(500_000, measured('revocations applied, 1 reader', perSecond, '/CPU-s')));
  rows.push(measured('look-ups of that reader', lookUpsPerSecond, '/s'));
  return rows;
}

/** What is revoked takes two reads of memory, the second where the first one says, and the rest one: see the floor. */
function lookUps(index: StatusIndex): Row[] {
  const time = (which: (ordinal: number) => boolean, beyond = 0): number => {
    const ordinals = ordinalsInRandomOrder(NATION, which).map((ordinal) => ordinal + beyond);
    return lookUpTime(index, sequentialSerials(), ordinals);
  };
  const row = (what: string, nanoseconds: number): Row =>
    measured(`sequential: look-up, ${what}`, nanoseconds, NANOSECONDS);
  const any = (): boolean => true;
  return [
    measured('floor: a read of 128 MiB in random order', randomReadTime(), NANOSECONDS),
    atMost(300, row('issued, one in ten revoked', time(any))),
    row(
      'good',
      time((ordinal) => !isRevoked(ordinal)),
    ),
    row('revoked', time(isRevoked)),
    atMost(300, row('never issued', time(any, NATION))),
  ];
}

function sealed(path: string): Row[] {
  const key = randomBytes(32);
  const before = residentOctets();
  const { index, seconds } = load(path, { sealingKeys: new Map([[KEY_VERSION, key]]) });
  const octets = residentOctets() - before;
  const ordinals = ordinalsInRandomOrder(NATION, () => true);
  const serials = sealedSerials(key, ordinals);
  const places = ordinals.map((_, place) => place);
  let found = 0;
  const time = leastTime(places, (place) => {
    const start = place * SEALED_OCTETS;
    if (index.flagsAt(index.locate(serials, start, start + SEALED_OCTETS)) !== 0) found += 1;
  });
  if (found !== 2 * LOOK_UPS) throw new Error('sealed serial numbers were not found');
  return [
    atMost(5, measured('snapshot loaded', seconds, 's')),
    memoryRow('sealed', { octets }),
    atMost(2000, measured('sealed: look-up', time, NANOSECONDS)),
  ];
}

function random({ directory, say }: BenchmarkInput): Row[] {
  say(`loads ${millions(RANDOM)} random serial numbers of 16 octets, one in ten revoked`);
  const states = fill({ kind: 'sequential', first: FIRST_SERIAL }, sequentialSerials(), RANDOM).index;
  const serialOf = randomSerials();
  const path = join(directory, 'snapshot');
  writeSeconds(path, relabelled(states.encode(), { kind: 'random' }, randomSection(RANDOM, serialOf)));
  const before = residentOctets();
  const { index, seconds } = load(path);
  const octets = residentOctets() - before;
  const known = ordinalsInRandomOrder(RANDOM, () => true);
  const unknown = known.map((ordinal) => ordinal + RANDOM);
  const rows = [
    atMost(24, measured(`${millions(RANDOM)} random, 10 % revoked: memory each`, octets / RANDOM, 'octets')),
    measured('random: snapshot loaded', seconds, 's'),
    measured('random: look-up, issued', lookUpTime(index, serialOf, known), NANOSECONDS),
    measured('random: look-up, never issued', lookUpTime(index, serialOf, unknown), NANOSECONDS),
  ];
  let next = RANDOM;
  const issue = (): unknown => index.put(serialOf(next++), GOOD);
  return [...rows, measured('random: put of a new one', leastTime(known, issue), NANOSECONDS)];
}

const memoryRow = (scheme: string, { octets }: Pick<Filled, 'octets'>): Row =>
  atMost(250, measured(`${millions(NATION)} ${scheme}, 10 % revoked: memory`, octets / 1e6, 'MB'));

const putRow = (scheme: string, { put }: Filled): Row => measured(`${scheme}: put, in order`, put * 1000, NANOSECONDS);

function entriesPerSecond(index: StatusIndex): number {
  const began = process.threadCpuUsage();
  let entries = 0;
  for (const { serialNumber } of index.freeze().entries()) entries += Math.min(serialNumber.length, 1);
  const { user, system } = process.threadCpuUsage(began);
  return entries / (user + system);
}

const millions = (count: number): string => `${count / 1e6} M`;
