import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { IssuingScene } from '@kakunin/crl-publisher/testing/issuing-scene';
import { recordsOf } from '@kakunin/crl-publisher/testing/records-of';
import { DirectoryObjectStore } from '@kakunin/object-store';
import { atMost, type BenchmarkInput, measured, type Row } from '../frame/benchmark.ts';
import { FIRST_SERIAL } from '../index/serial-writer.ts';
import { revokedIndex } from './revoked-index.ts';

/** How much is published; a test of the benchmark itself takes less. */
export interface SetSizes {
  readonly partitions: number;
  readonly entries: number;
}

/** The signature family. */
const NATION: SetSizes = { partitions: 1_890, entries: 26_000_000 };
/** `KAKUNIN_CRL_REVOCATION_DELAY_MILLISECONDS` as it is when nothing is said, and the tick of the publisher's clock. */
const WAITED = 2.1;
const DAY = 86_400_000;
/** So long after a set was begun something is revoked: its first slice is in hand then. Milliseconds. */
const IN_THE_MIDDLE = 100;

/**
 * All partitions of a family through the publisher's own issuing: signed, read back, verified, linted, compared with their
 * predecessors, compressed three times and written to a directory with their deltas and archive records. Without PostgreSQL, which
 * allots a number a slice.
 */
export async function partitionSet({ directory, say, scale }: BenchmarkInput, sizes = NATION): Promise<readonly Row[]> {
  const entries = Math.round(sizes.entries * scale);
  const partitions = Math.max(1, Math.round(sizes.partitions * scale));
  say(`revokes ${entries / 1e6} M in ${partitions} partitions`);
  const index = revokedIndex(entries, partitions);
  const store = await DirectoryObjectStore.at(join(directory, 'published'));
  const scene = await IssuingScene.open({ index, store });
  scene.profile = { ...scene.profile, whole: false };
  scene.archive = recordsOf(store);
  const issuer = scene.issuer();
  const rows: Row[] = [];
  for (const [name, what] of [
    ['first set', `${partitions} partitions and their deltas for the first time`],
    ['scheduled set', `${partitions} partitions and their deltas, beside those before`],
  ] as const) {
    say(`publishes the ${name}`);
    const { seconds, cpuSeconds } = await timed(() => scene.settle(issuer));
    rows.push(atMost(180, measured(`${what}, ${entries / 1e6} M entries`, seconds, 's')));
    rows.push(measured(`${name}: CPU, both cores`, cpuSeconds, 's'));
    scene.now += DAY / 24;
  }
  scene.now -= DAY / 24;
  return [...rows, await afterOneRevocation(scene, issuer), await duringASet(scene, issuer, say)];
}

type Issuer = ReturnType<IssuingScene['issuer']>;

async function afterOneRevocation(scene: IssuingScene, issuer: Issuer): Promise<Row> {
  revokeOneMore(scene);
  const { seconds } = await timed(() => scene.settle(issuer));
  return atMost(5, measured('after one revocation its partition and delta are public', WAITED + seconds, 's'));
}

/** The worst moment for a revocation: a set has just begun, and the slice in hand must be finished first. */
async function duringASet(scene: IssuingScene, issuer: Issuer, say: BenchmarkInput['say']): Promise<Row> {
  say('publishes a set in which something is revoked');
  scene.now += DAY / 24;
  const began = performance.now() + IN_THE_MIDDLE;
  const first = issuer.issue(scene.status());
  await sleep(IN_THE_MIDDLE);
  const label = revokeOneMore(scene);
  for (let outcome = await first; !shows(outcome, label); outcome = await issuer.issue(scene.status())) {
    if (outcome.outcome !== 'issued' || outcome.published.length === 0) throw new Error('The set was not published.');
  }
  const seconds = WAITED + (performance.now() - began) / 1_000;
  return atMost(5, measured('the same, while a set is being made', seconds, 's'));
}

/** The others of a set are scheduled; this one is not. */
const shows = (outcome: Awaited<ReturnType<Issuer['issue']>>, label: string): boolean =>
  outcome.outcome === 'issued' &&
  outcome.published.some(({ partition, scheduled }) => partition === label && !scheduled);

/** One that was not revoked before. @returns its partition */
function revokeOneMore(scene: IssuingScene): string {
  const frozen = scene.index.freeze();
  const [label = ''] = frozen.revisions.keys();
  frozen.release();
  scene.revoke(Number.parseInt(FIRST_SERIAL, 16) + scene.index.issuedCount, label);
  return label;
}

async function timed(work: () => Promise<unknown>): Promise<{ seconds: number; cpuSeconds: number }> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - began) / 1_000, cpuSeconds: (user + system) / 1e6 };
}
