import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { JournalDirectories } from './journal-directories.ts';
import type { SealedSegment } from './sealed-segment.ts';
import { range } from './testing/journal-fixture.ts';
import { SegmentCollector } from './testing/segment-collector.ts';

type Said = {
  readonly ready?: true;
  readonly sealed?: SealedSegment;
  readonly recorded?: number;
  readonly refused?: number;
};

const SCRIPT = new URL('./testing/recording-worker.ts', import.meta.url);
const silent = (): void => undefined;

let directory: string;
let eventLog: SegmentCollector;
let journals: JournalDirectories;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-journal-'));
  eventLog = new SegmentCollector();
  journals = await open();
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const open = (): Promise<JournalDirectories> =>
  JournalDirectories.open({
    directory,
    eventLog,
    clock: { now: () => Date.now() },
    logger: { error: silent, warn: silent, info: silent },
    retryWindowCapacity: 1,
  });

/** A thread that records, and what it has said so far. */
class Recording {
  readonly recorded = new Set<number>();
  refused = 0;
  readonly #worker: Worker;
  readonly #ready: Promise<unknown>;
  readonly #exited: Promise<void>;

  private constructor(place: number, worker: Worker) {
    this.#worker = worker;
    this.#ready = once(worker, 'message');
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', ({ sealed, recorded, refused }: Said) => {
      if (sealed) journals.sealed(place, sealed);
      if (recorded !== undefined) this.recorded.add(recorded);
      if (refused !== undefined) this.refused += 1;
    });
  }

  static async start(place: number): Promise<Recording> {
    const workerData = await journals.prepare(place);
    const worker = new Worker(SCRIPT, { workerData, execArgv: ['--conditions=@kakunin/source'] });
    const recording = new Recording(place, worker);
    await recording.#ready;
    return recording;
  }

  ask(numbers: readonly number[]): void {
    for (const number of numbers) this.#worker.postMessage(number);
  }

  async hasRecorded(count: number): Promise<void> {
    while (this.recorded.size < count) await sleep(1);
  }

  async close(): Promise<void> {
    this.#worker.postMessage('close');
    await this.#exited;
  }

  /** As a crash does: wherever it is. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}

it('the same requests at two workers at the same moment are recorded once, and answered by both', async () => {
  const numbers = range(2_000);
  const workers = await Promise.all([0, 1].map((place) => Recording.start(place)));
  for (let from = 0; from < numbers.length; from += 50)
    for (const worker of workers) worker.ask(numbers.slice(from, from + 50));
  await Promise.all(workers.map((worker) => worker.hasRecorded(numbers.length)));
  await Promise.all(workers.map((worker) => worker.close()));
  await journals.close();
  expect(eventLog.numbers).toEqual(numbers);
  expect(workers.map(({ refused }) => refused)).toEqual([0, 0]);
  expect(new Set([...eventLog.segments.values()].map(({ producer }) => producer)).size).toBe(2);
});

it('a worker that ends in the middle is recovered: nothing acknowledged is lost, nothing is doubled', async () => {
  const steady = await Recording.start(1);
  let victim = await Recording.start(0);
  const acknowledged = new Set<number>();
  for (const round of range(8)) {
    const numbers = range(400).map((index) => round * 400 + index);
    victim.ask(numbers);
    await victim.hasRecorded(1);
    await sleep(round);
    await victim.terminate();
    for (const number of victim.recorded) acknowledged.add(number);
    // The callers try again elsewhere, before and after the journal of the dead one is recovered.
    steady.ask(numbers.slice(0, 200));
    victim = await Recording.start(0);
    steady.ask(numbers.slice(200));
  }
  await steady.hasRecorded(8 * 400);
  await Promise.all([steady.close(), victim.close()]);
  await journals.close();
  expect([...acknowledged].filter((number) => !steady.recorded.has(number))).toEqual([]);
  expect(eventLog.numbers).toEqual(range(8 * 400));
  expect(steady.refused).toBe(0);
});

it('workers that end leave no open files behind', async () => {
  const openFiles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;
  await (await Recording.start(0)).close();
  const before = await openFiles();
  for (const number of range(5)) {
    const worker = await Recording.start(0);
    worker.ask([number]);
    await worker.hasRecorded(1);
    await worker.terminate();
  }
  await expect.poll(openFiles).toBeLessThan(before + 5);
  await journals.close();
});
