import { parseOcspResponse } from '@kakunin/ocsp';
import { BenchmarkError } from '../frame/benchmark.ts';
import { CONTENT_TYPE } from '../frame/load.ts';
import type { Load, LoadResult, RequestBodies } from '../frame/load.ts';
import { post } from '../frame/post.ts';
import type { ServerProcess } from '../frame/server-process.ts';

/** A server under one load. */
export interface Subject {
  readonly name: string;
  readonly server: ServerProcess;
  readonly bodies: RequestBodies;
  readonly connections: number;
  readonly load: Load;
  /** Default: the one that its ready line named. */
  readonly port?: number;
  /** Answers with fixed octets, which are no OCSP. */
  readonly isFloor?: boolean;
}

export interface Figures {
  readonly perSecond: number;
  /** Of the server, microseconds a request. */
  readonly cpu: number;
  readonly latency: Pick<LoadResult, 'p50' | 'p99' | 'p999'>;
}

export interface MeasureInput {
  readonly directory: string;
  readonly seconds: number;
  readonly say: (line: string) => void;
}

export const portOf = ({ port, server }: Subject): number => port ?? Number(server.ready['port']);

const WARM_UP_SECONDS = 2;
const ROUNDS = 3;

/**
 * Measures all subjects in turn, several rounds, and takes the median of each: what slows the machine down for a while
 * touches neighbours alike. Their servers run all the while; idle ones cost next to nothing.
 * @returns figures in the order of the subjects
 */
export async function measureInTurn(subjects: readonly Subject[], input: MeasureInput): Promise<readonly Figures[]> {
  const found = subjects.map((): Figures[] => []);
  for (const subject of subjects) {
    await expectDefiniteAnswer(subject);
    await loadOn(subject, { ...input, seconds: WARM_UP_SECONDS });
  }
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [index, subject] of subjects.entries()) {
      input.say(`${subject.name}: round ${round} of ${ROUNDS}, ${input.seconds} s …`);
      found[index]?.push(await measure(subject, input));
    }
  }
  for (const subject of subjects) await expectNoRefusals(subject);
  return found.map(median);
}

export const loadOn = (subject: Subject, { directory, seconds }: MeasureInput): Promise<LoadResult> =>
  subject.load({
    directory,
    port: portOf(subject),
    path: '/ocsp',
    bodies: subject.bodies,
    connections: subject.connections,
    seconds,
  });

async function measure(subject: Subject, input: MeasureInput): Promise<Figures> {
  const before = subject.server.cpu();
  const result = await loadOn(subject, input);
  const cpu = (subject.server.cpu() - before) / result.requests;
  if (result.requests === 0) throw new BenchmarkError(`${subject.name}: no request was answered`);
  if (result.errors > 0)
    throw new BenchmarkError(`${subject.name}: ${result.errors} of ${result.requests} requests failed`);
  return { perSecond: result.requests / result.seconds, cpu, latency: result };
}

/** By CPU time, which is the figure to trust. */
const median = (rounds: readonly Figures[]): Figures =>
  rounds.toSorted((one, other) => one.cpu - other.cpu)[Math.floor(rounds.length / 2)]!;

/** Refusals of OCSP are HTTP 200, which a load generator takes for success. */
async function expectDefiniteAnswer(subject: Subject): Promise<void> {
  if (subject.isFloor || subject.port !== undefined) return;
  const url = `http://127.0.0.1:${portOf(subject)}/ocsp`;
  const parsed = parseOcspResponse(await post({ url, contentType: CONTENT_TYPE, body: subject.bodies.first }));
  const status = parsed.status === 'successful' ? parsed.basic.responses[0]?.certStatus.status : parsed.status;
  if (status !== 'good') throw new BenchmarkError(`${subject.name}: the answer should be good, and is ${status}`);
}

async function expectNoRefusals({ name, server }: Subject): Promise<void> {
  const { management } = server.ready;
  if (management === undefined) return;
  const metrics = await (await fetch(`http://127.0.0.1:${management}/metrics`)).text();
  const refusals = metrics.match(/^kakunin_ocsp_refusals_total\{.*\} [1-9].*$/gm) ?? [];
  if (refusals.length > 0) throw new BenchmarkError(`${name}: requests were refused:\n${refusals.join('\n')}`);
}
