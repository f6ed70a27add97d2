import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import type { AgentOptions } from 'node:https';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@kakunin/postgres';
import { ServiceClient } from '@kakunin/service-client';
import { z } from 'zod';
import { cpuOfTree } from '../billing/process-tree.ts';
import { atLeast, BenchmarkError, type BenchmarkInput, measured, type Row } from '../frame/benchmark.ts';
import { type ServerProcess, startOwnServer } from '../frame/server-process.ts';
import { type Answered, percentile, sendEach, sendPaced } from './https-load.ts';
import { AUTHORITY, IdentificationScene } from './identification-scene.ts';
import { plainCommits } from './plain-commits.ts';
import { OPERATOR } from './registry-server.ts';

/** Each a caller that waits for its answer before it sends the next. */
const CALLERS = [1, 8, 32, 64];
const REVOCATIONS_A_CALLER = 300;
const MOST = 6_000;
const LEAST = 200;
/** What the nation needs on its worst day is 22/s. */
const GOAL = { callers: 32, perSecond: 500 };
/** Above those of the scene. */
const FIRST_SERIAL = 2 ** 40;
const BESIDE = { revocationsASecond: 100, identificationsASecond: 25, seconds: 20 };

/** Single revocations of one authority, each acknowledged when it is committed with its event; and identifications beside them. */
export async function revoking({ directory, scale, say }: BenchmarkInput): Promise<readonly Row[]> {
  chmodSync(directory, 0o755);
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'revoking') });
  const own = join(directory, 'revoking-registry');
  mkdirSync(own, { recursive: true });
  const [registryUrl, logUrl] = [await postgres.createDatabase('registry'), await postgres.createDatabase('event_log')];
  const registry = await startOwnServer('linkage-registry', own, registryUrl, logUrl);
  try {
    const scene = await IdentificationScene.begin(registry, own);
    const storm = await Storm.begin({ registry, directory: own, postgres });
    const floor = await plainCommits(registryUrl);
    const rows = [measured('floor: commits one after the other, each an fsync', floor, '/s')];
    for (const callers of CALLERS) {
      const count = Math.max(LEAST, Math.ceil(Math.min(MOST, callers * REVOCATIONS_A_CALLER) * scale));
      say(`revokes ${count.toLocaleString('en')} certificates, ${callers} at a time`);
      rows.push(...(await storm.measure(callers, count, floor)));
    }
    say('identifies, alone and beside revocations');
    rows.push(...(await identifyingBeside(scene, storm, Math.ceil(BESIDE.seconds * Math.max(scale, 0.2)))));
    return rows;
  } finally {
    await registry.stop();
    await postgres.stop();
  }
}

interface Servers {
  readonly registry: ServerProcess;
  /** Of the registry's files. */
  readonly directory: string;
  readonly postgres: EmbeddedPostgres;
}

/** An authority that revokes its certificates one by one. */
class Storm {
  readonly #servers: Servers;
  readonly #tls: AgentOptions;
  #next = FIRST_SERIAL;

  private constructor(servers: Servers, tls: AgentOptions) {
    this.#servers = servers;
    this.#tls = tls;
  }

  static async begin(servers: Servers): Promise<Storm> {
    const read = (name: string): Buffer => readFileSync(join(servers.directory, name));
    const [cert, key] = [read(OPERATOR.certificate), read(OPERATOR.key)];
    const tls = { ca: cert, cert, key };
    const url = `https://localhost:${servers.registry.ready['port']}`;
    const api = new ServiceClient({ service: 'linkage registry', url, tls });
    const lines = CALLERS.length * MOST + BESIDE.revocationsASecond * BESIDE.seconds;
    const path = `/authorities/${AUTHORITY}/certificates/import?format=csv`;
    await api.upload(path, Readable.from(csv(lines)), z.unknown());
    return new Storm(servers, tls);
  }

  async measure(callers: number, count: number, floor: number): Promise<readonly Row[]> {
    const { registry, postgres } = this.#servers;
    const groups = await groupsOf(registry);
    const before = { at: performance.now(), cpu: registry.cpu(), databaseCpu: cpuOfTree(postgres.pid) };
    const answers = await sendEach({ ...this.#load(count), connections: callers });
    const seconds = (performance.now() - before.at) / 1_000;
    const cpu = (registry.cpu() - before.cpu) / count;
    const databaseCpu = (cpuOfTree(postgres.pid) - before.databaseCpu) / count;
    refuseOthers(answers);
    const inGroup = count / ((await groupsOf(registry)) - groups);
    const name = `revocations, ${callers} at a time`;
    const rate = measured(name, count / seconds, '/s');
    return [
      callers === GOAL.callers ? atLeast(GOAL.perSecond, rate) : rate,
      measured(`${name}: p99`, percentile(answers, 0.99), 'ms'),
      measured(`${name}: in a commit`, inGroup, ''),
      measured(`${name}: CPU of the registry`, cpu, 'µs'),
      measured(`${name}: CPU of PostgreSQL, topic included`, databaseCpu, 'µs'),
      measured(`${name}: revocations / commits of the floor`, count / seconds / floor, '×'),
    ];
  }

  async revoke(count: number, perSecond: number): Promise<readonly Answered[]> {
    return sendPaced({ ...this.#load(count), connections: GOAL.callers, perSecond });
  }

  #load(count: number) {
    const bodies = Array.from({ length: count }, () =>
      JSON.stringify({ serialNumber: (this.#next++).toString(16), reason: 'superseded' }),
    );
    const port = Number(this.#servers.registry.ready['port']);
    return { port, path: `/authorities/${AUTHORITY}/revocations`, bodies, tls: this.#tls };
  }
}

async function identifyingBeside(scene: IdentificationScene, storm: Storm, seconds: number): Promise<readonly Row[]> {
  const { revocationsASecond, identificationsASecond: perSecond } = BESIDE;
  const subjects = await scene.issue('p256');
  const identify = async (): Promise<readonly Answered[]> => {
    const answers = await scene.sendPaced(await scene.signed(subjects, perSecond * seconds), perSecond);
    refuseOthers(answers);
    return answers;
  };
  await identify();
  const alone = await identify();
  const revoked = storm.revoke(revocationsASecond * seconds, revocationsASecond);
  const beside = await identify();
  refuseOthers(await revoked);
  return [
    measured(`identifications, ${perSecond}/s: p99`, percentile(alone, 0.99), 'ms'),
    measured(`beside ${revocationsASecond} revocations/s: p99`, percentile(beside, 0.99), 'ms'),
    measured(`and of those revocations: p99`, percentile(await revoked, 0.99), 'ms'),
  ];
}

async function groupsOf({ ready }: ServerProcess): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${ready['management']}/metrics`)).text();
  return Number(/^kakunin_registry_certificate_groups_total (\d+)$/m.exec(metrics)?.[1]);
}

function refuseOthers(answers: readonly Answered[]): void {
  const refused = answers.filter(({ status }) => status !== 200);
  if (refused.length === 0) return;
  const [{ status, body }] = refused as [Answered];
  throw new BenchmarkError(`${refused.length} of ${answers.length} were refused, the first with ${status}: ${body}`);
}

function* csv(lines: number): Generator<string> {
  yield 'serial_number,not_after\n';
  for (let line = 0; line < lines; line += 1) yield `${(FIRST_SERIAL + line).toString(16)},2036-12-31T00:00:00Z\n`;
}
