import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { JournalDirectories } from './journal-directories.ts';
import { customerOf } from './testing/usage-events.ts';
import { SegmentCollector } from './testing/segment-collector.ts';

const SCRIPT = fileURLToPath(new URL('./testing/recording-process.ts', import.meta.url));
const NODE_OPTIONS = ['--conditions=@kakunin/source'];
const silent = (): void => undefined;

let directory: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-journal-'));
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

const logFile = (): string => join(directory, 'event-log');

interface Recording {
  readonly process: ChildProcess;
  /** Where it was told that each is, by number. */
  readonly recorded: Map<number, string>;
  readonly refused: Set<number>;
  readonly exited: Promise<number | null>;
}

/** @param limit KiB that a file may have, as a disk would that is full from there on */
function recordFrom(first: number, limit?: number): Recording {
  const command = [process.execPath, ...NODE_OPTIONS, SCRIPT, join(directory, 'journal'), logFile(), String(first)];
  const limited = ['bash', '-c', `ulimit -f ${limit}; exec "$@"`, 'bash', ...command];
  const [file = '', ...rest] = limit === undefined ? command : limited;
  const started = spawn(file, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  child = started;
  const recorded = new Map<number, string>();
  const refused = new Set<number>();
  createInterface({ input: started.stdout }).on('line', (line) => {
    const [outcome, number, place = ''] = line.split(' ');
    if (outcome === 'recorded') recorded.set(Number(number), place);
    else refused.add(Number(number));
  });
  const exited = new Promise<number | null>((resolve) => started.on('close', resolve));
  return { process: started, recorded, refused, exited };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

/** Everything that reached the event log, after what is left in the journal was handed over as well. */
async function collect(): Promise<SegmentCollector> {
  const collector = new SegmentCollector();
  const lines = existsSync(logFile()) ? readFileSync(logFile(), 'utf8').split('\n') : [];
  // The last line may be torn: appending it was not acknowledged, so it is handed over again.
  for (const line of lines.slice(0, -1)) {
    const { headers, value } = JSON.parse(line) as { headers: Record<string, string>; value: string };
    collector.take({ headers, value: Buffer.from(value, 'base64') });
  }
  const journal = await JournalDirectories.open({
    directory: join(directory, 'journal'),
    eventLog: collector,
    clock: { now: () => Date.now() },
    logger: { error: silent, warn: silent, info: silent },
  });
  await journal.close();
  return collector;
}

const missing = (numbers: ReadonlyMap<number, string>, counted: readonly number[]): number[] => {
  const there = new Set(counted);
  return [...numbers.keys()].filter((number) => !there.has(number));
};
const gaps = (sequences: readonly bigint[]): bigint[] =>
  sequences.filter((sequence, index) => sequence !== BigInt(index + 1));

it('killed at any moment, holds every record that it acknowledged, where it said, and none twice', async () => {
  const acknowledged = new Map<number, string>();
  for (let round = 0; round < 6; round += 1) {
    const recording = recordFrom(round * 1_000_000);
    await until(() => recording.recorded.size > 20);
    await sleep(round * 13);
    recording.process.kill('SIGKILL');
    await recording.exited;
    for (const [number, place] of recording.recorded) acknowledged.set(number, place);
  }
  const { numbers, sequences, places } = await collect();
  expect(missing(acknowledged, numbers)).toEqual([]);
  for (const [number, place] of acknowledged) expect(places.get(`${customerOf(number)} ${place}`)).toBe(number);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(gaps(sequences)).toEqual([]);
});

it('on a real limit of the file system, refuses, recovers, and neither loses nor doubles', async () => {
  // At 4 KiB a segment meets the limit before its age seals it, again and again.
  const recording = recordFrom(0, 4);
  await until(() => recording.refused.size > 20 && recording.recorded.size > 500);
  recording.process.stdin?.end();
  expect(await recording.exited).toBe(0);
  const { numbers, sequences } = await collect();
  expect(missing(recording.recorded, numbers)).toEqual([]);
  expect(numbers.filter((number) => recording.refused.has(number))).toEqual([]);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(gaps(sequences)).toEqual([]);
});
