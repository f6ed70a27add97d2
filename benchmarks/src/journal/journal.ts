import { hash } from 'node:crypto';
import { join } from 'node:path';
import { DIGEST_OCTETS } from '@kakunin/usage';
import { JournalDirectories } from '@kakunin/usage-journal';
import { UsageLeafTemplate } from '@kakunin/usage-ledger';
import { JournalWriter, nodeFileSystem } from '@kakunin/usage-journal/writer';
import type { JournalFile, JournalFileSystem } from '@kakunin/usage-journal/writer';
import { atLeast, atMost, measured } from '../frame/benchmark.ts';
import type { Benchmark, BenchmarkInput, Row } from '../frame/benchmark.ts';
import { KIND, recordClosedLoop, TEMPLATE } from './closed-loop.ts';

/** Appending costs nothing but a turn of the event loop: what is left is the journal's own. */
const weightless: JournalFileSystem = {
  ...nodeFileSystem,
  open: async (path): Promise<JournalFile> => {
    const file = await nodeFileSystem.open(path);
    return {
      append: (_octets, _position, done) => void setImmediate(done, null),
      write: (octets, position) => file.write(octets, position),
      truncate: (length) => file.truncate(length),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
};

const silent = (): void => undefined;
/** Of a leaf with codes of usual length, and the octet before it. */
const LEAF_OCTETS = 390;
const MEGABYTE = 2 ** 20;
/** So many that the rate is the journal's, not the disk's. */
const MANY = 1_024;

/** One writer as a worker has it, alone in this process; what it seals stays on the disk until the end. */
export const journal: Benchmark = {
  name: 'journal',
  summary: 'the usage journal: records/s of one writer with group commit, CPU per record with and without its sync',
  async run(input) {
    const rows = [template(), leaf()];
    await onWriter(input, { name: 'weightless', fileSystem: weightless }, async (writer) => {
      for (const callers of [32, 256]) rows.push(...(await own(input, writer, callers)));
    });
    await onWriter(input, { name: 'disk', fileSystem: nodeFileSystem }, async (writer) => {
      for (const callers of [32, 256, MANY]) rows.push(...(await synced(input, writer, callers)));
    });
    return rows;
  },
};

function template(): Row {
  const times = 2_000_000;
  const records = Buffer.alloc(TEMPLATE.length);
  const digest = new Uint8Array(DIGEST_OCTETS);
  const cpu = process.cpuUsage();
  for (let time = 0; time < times; time += 1)
    TEMPLATE.write(records, 0, { time, requestDigest: digest, certificateDigest: digest });
  const { user, system } = process.cpuUsage(cpu);
  return atMost(1, measured('a record written from its template', (user + system) / times, 'µs'));
}

/** What a receipt says of each record: beside a bare hash of as many octets, in the same run. */
function leaf(): Row {
  const leaves = new UsageLeafTemplate(KIND);
  const certificateDigest = new Uint8Array(DIGEST_OCTETS);
  const segment = `${'0'.repeat(32)}/12345/`;
  const octets = Buffer.alloc(LEAF_OCTETS);
  const hashed = perCall((time) => leaves.recordHash({ segment, index: time % 5_000, time, certificateDigest }));
  const floor = perCall(() => hash('sha256', octets, 'base64'));
  return atMost(1.6, measured('hash of a leaf, of what a bare hash costs', hashed / floor, '×'));
}

/** Microseconds of CPU. */
function perCall(call: (count: number) => unknown): number {
  const times = 1_000_000;
  for (let count = 0; count < times / 10; count += 1) call(count);
  const cpu = process.cpuUsage();
  for (let count = 0; count < times; count += 1) call(count);
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / times;
}

async function own({ seconds, say }: BenchmarkInput, writer: JournalWriter, callers: number): Promise<readonly Row[]> {
  say(`journal without a disk, ${callers} callers …`);
  await recordClosedLoop({ writer, callers, seconds: 1, nonce: false });
  const plain = await recordClosedLoop({ writer, callers, seconds, nonce: false });
  const nonce = await recordClosedLoop({ writer, callers, seconds, nonce: true });
  return [
    atMost(2, measured(`beside the sync, ${callers} callers`, plain.cpu, 'µs/record')),
    measured(`beside the sync, ${callers} callers, with nonce`, nonce.cpu, 'µs/record'),
  ];
}

async function synced(input: BenchmarkInput, writer: JournalWriter, callers: number): Promise<readonly Row[]> {
  const { seconds, say } = input;
  say(`journal on the disk, ${callers} callers …`);
  await recordClosedLoop({ writer, callers, seconds: 1, nonce: false });
  const memory = process.memoryUsage().rss;
  const { perSecond, cpu, recordsPerSync } = await recordClosedLoop({ writer, callers, seconds, nonce: false });
  const grown = (process.memoryUsage().rss - memory) / MEGABYTE;
  const rate = measured(`synced, ${callers} callers`, perSecond, 'records/s');
  return [
    callers === MANY ? atLeast(200_000, rate) : rate,
    measured(`synced, ${callers} callers: CPU`, cpu, 'µs/record'),
    measured(`synced, ${callers} callers: shared by`, recordsPerSync, 'records/sync'),
    measured(`synced, ${callers} callers: CPU of a sync and what shares it`, cpu * recordsPerSync, 'µs/sync'),
    atMost(16, measured(`synced, ${callers} callers: memory grown`, grown, 'MB')),
  ];
}

interface Disk {
  readonly name: string;
  readonly fileSystem: JournalFileSystem;
}

async function onWriter(
  { directory }: BenchmarkInput,
  { name, fileSystem }: Disk,
  use: (writer: JournalWriter) => Promise<void>,
): Promise<void> {
  const clock = { now: () => Date.now() };
  const journals = await JournalDirectories.open({
    directory: join(directory, name),
    eventLog: { append: async () => [] },
    clock,
    logger: { error: silent, warn: silent, info: silent },
  });
  const writer = await JournalWriter.open({
    ...(await journals.prepare(0)),
    clock,
    fileSystem,
    onSealed: silent,
    onFault: silent,
  });
  await use(writer);
  await writer.close();
  await journals.close();
}
