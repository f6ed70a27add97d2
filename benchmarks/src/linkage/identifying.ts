import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@kakunin/postgres';
import type { TestKeyType } from '@kakunin/testing/test-ca';
import { cpuOfTree } from '../billing/process-tree.ts';
import { BenchmarkError, type BenchmarkInput, measured, type Row } from '../frame/benchmark.ts';
import { type ServerProcess, startOwnServer } from '../frame/server-process.ts';
import { IdentificationScene } from './identification-scene.ts';

const IDENTIFICATIONS = 20_000;
const WARM_UP = 500;
/** Fewer say nothing. */
const LEAST = 2_000;
const SECOND = 1e6;
const KINDS: readonly { readonly name: string; readonly keyType: TestKeyType }[] = [
  { name: 'P-256', keyType: 'p256' },
  { name: 'RSA-2048', keyType: 'rsa' },
];

interface Servers {
  readonly registry: ServerProcess;
  readonly floor: ServerProcess;
  readonly postgres: EmbeddedPostgres;
}

/** Identifications against a signature, over mutual TLS, with everything that is written of each; beside the floor. */
export async function identifying({ directory, scale, say }: BenchmarkInput): Promise<readonly Row[]> {
  chmodSync(directory, 0o755);
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'identifying') });
  const own = join(directory, 'identifying-registry');
  mkdirSync(own, { recursive: true });
  const [registryUrl, logUrl] = [await postgres.createDatabase('registry'), await postgres.createDatabase('event_log')];
  const registry = await startOwnServer('linkage-registry', own, registryUrl, logUrl);
  const floor = await startOwnServer('identification-floor', own);
  try {
    const scene = await IdentificationScene.begin(registry, own);
    const rows: Row[] = [];
    for (const { name, keyType } of KINDS) {
      const count = Math.max(LEAST, Math.ceil(IDENTIFICATIONS * scale));
      say(`identifies ${count.toLocaleString('en')} times by ${name}`);
      const subjects = await scene.issue(keyType);
      const warming = await scene.signed(subjects, WARM_UP);
      await scene.send('/identifications', warming);
      await scene.send('/', warming, Number(floor.ready['port']));
      const bodies = await scene.signed(subjects, count);
      rows.push(...(await measure(scene, { registry, floor, postgres }, { name, bodies })));
    }
    return rows;
  } finally {
    await floor.stop();
    await registry.stop();
    await postgres.stop();
  }
}

async function measure(
  scene: IdentificationScene,
  { registry, floor, postgres }: Servers,
  { name, bodies }: { readonly name: string; readonly bodies: readonly string[] },
): Promise<readonly Row[]> {
  const groups = await groupsOf(registry);
  const before = { at: performance.now(), registry: registry.cpu(), database: cpuOfTree(postgres.pid) };
  const answers = await scene.send('/identifications', bodies);
  const seconds = (performance.now() - before.at) / 1_000;
  const cpu = (registry.cpu() - before.registry) / bodies.length;
  const databaseCpu = (cpuOfTree(postgres.pid) - before.database) / bodies.length;
  const inGroup = bodies.length / ((await groupsOf(registry)) - groups);
  const refused = answers.find(({ status }) => status !== 200);
  if (refused) throw new BenchmarkError(`An identification was answered ${refused.status}: ${refused.body}`);
  const floorBefore = floor.cpu();
  await scene.send('/', bodies, Number(floor.ready['port']));
  const floorCpu = (floor.cpu() - floorBefore) / bodies.length;
  return [
    measured(`${name}: identifications, all on this machine`, bodies.length / seconds, '/s'),
    measured(`${name}: CPU of the registry`, cpu, 'µs'),
    measured(`${name}: identifications a core of the registry`, SECOND / cpu, '/s'),
    measured(`${name}: CPU of PostgreSQL`, databaseCpu, 'µs'),
    measured(`${name}: identifications in a commit`, inGroup, ''),
    measured(`${name}: floor (HTTP, one verification, one HMAC)`, floorCpu, 'µs'),
    measured(`${name}: registry / floor`, cpu / floorCpu, '×'),
  ];
}

async function groupsOf({ ready }: ServerProcess): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${ready['management']}/metrics`)).text();
  return Number(/^kakunin_registry_identification_groups_total (\d+)$/m.exec(metrics)?.[1]);
}
