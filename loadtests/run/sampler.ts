import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessUsage, usageOf, usageWithChildrenOf } from './process-usage.ts';
import { readMetrics } from './prometheus-text.ts';
import type { WatchedService } from './target.ts';

/** What the report draws beside rate and latency; sums over the labels. */
export const DRAWN = [
  'kakunin_status_data_age_seconds',
  'kakunin_usage_journal_unsent_segments',
  'kakunin_ocsp_signing_queue_requests',
] as const;
/** And what the progress tells: what the responder was asked so far, and refused. */
const TOLD = ['kakunin_ocsp_requests_total', 'kakunin_ocsp_refusals_total'] as const;

/** This process revokes, and verifies samples of answers. */
export const HARNESS = 'campaign';
/** Whether this is part of the load, and not of what is loaded. */
export const isGenerator = (service: string): boolean => service.startsWith('k6') || service === HARNESS;

/** A moment of a service. */
export interface Sample {
  /** Seconds since the load began. */
  readonly second: number;
  readonly service: string;
  /** Of the interval before: cores that were busy. Undefined where nobody says, or the process is new. */
  readonly cores?: number;
  /** Octets. */
  readonly memory?: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Watches services and the load generator at an interval. A service that does not answer leaves a gap. */
export class Sampler {
  readonly samples: Sample[] = [];
  readonly #services: readonly WatchedService[];
  readonly #before = new Map<string, { readonly id: number; readonly at: number; readonly cpuSeconds: number }>();
  readonly #cpu = new Map<string, number>();

  constructor(services: readonly WatchedService[]) {
    this.#services = services;
  }

  /** CPU seconds of each service over all of its processes, since the first sample. */
  get cpuSeconds(): ReadonlyMap<string, number> {
    return this.#cpu;
  }

  async run(seconds: number, ends: AbortSignal): Promise<void> {
    const began = performance.now();
    while (!ends.aborted) {
      const second = (performance.now() - began) / 1_000;
      await Promise.all(this.#services.map((service) => this.#sample(service, second)));
      await sleep(seconds * 1_000, undefined, { signal: ends }).catch(() => undefined);
    }
  }

  async #sample({ name, metricsUrl, pid, hasChildren = false }: WatchedService, second: number): Promise<void> {
    const all = await metricsOf(metricsUrl);
    const found = this.#usage(name, pid ? processHere(pid(), hasChildren) : processElsewhere(all), second);
    const metrics = Object.fromEntries(
      [...DRAWN, ...TOLD].flatMap((each) => (all.has(each) ? [[each, all.get(each)!]] : [])),
    );
    this.samples.push({ second, service: name, ...found, metrics });
  }

  #usage(name: string, process: WatchedProcess | undefined, second: number): Pick<Sample, 'cores' | 'memory'> {
    const before = this.#before.get(name);
    if (!process) return {};
    this.#before.set(name, { id: process.id, at: second, cpuSeconds: process.cpuSeconds });
    const isSame = before?.id === process.id;
    // A process that was started meanwhile has used all of its CPU in this run.
    // Of one that was just killed the children are no longer its own: what they used was counted before.
    const spent = Math.max(0, process.cpuSeconds - (isSame ? before.cpuSeconds : before ? 0 : process.cpuSeconds));
    this.#cpu.set(name, (this.#cpu.get(name) ?? 0) + spent);
    const cores = isSame && second > before.at ? { cores: spent / (second - before.at) } : {};
    return { ...cores, memory: process.memory };
  }
}

interface WatchedProcess extends ProcessUsage {
  /** Another one after a restart. */
  readonly id: number;
}

function processHere(pid: number | undefined, hasChildren: boolean): WatchedProcess | undefined {
  const usage = pid === undefined ? undefined : hasChildren ? usageWithChildrenOf(pid) : usageOf(pid);
  return pid !== undefined && usage ? { id: pid, ...usage } : undefined;
}

/** What a process on another machine says of itself. */
function processElsewhere(metrics: ReadonlyMap<string, number>): WatchedProcess | undefined {
  const id = metrics.get('process_start_time_seconds');
  const cpuSeconds = metrics.get('process_cpu_seconds_total');
  const memory = metrics.get('process_resident_memory_bytes');
  return id === undefined || cpuSeconds === undefined || memory === undefined ? undefined : { id, cpuSeconds, memory };
}

async function metricsOf(url: string): Promise<ReadonlyMap<string, number>> {
  if (url === '') return new Map();
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return answer?.ok ? readMetrics(await answer.text()) : new Map();
}
