import { setTimeout as sleep } from 'node:timers/promises';
import { usageOf } from './process-usage.ts';
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

/** A moment of a service. */
export interface Sample {
  /** Seconds since the load began. */
  readonly second: number;
  readonly service: string;
  /** Of the interval before: cores that were busy. Undefined where the process is not ours to watch, or is new. */
  readonly cores?: number;
  /** Octets. */
  readonly memory?: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Watches services and the load generator at an interval. A service that does not answer leaves a gap. */
export class Sampler {
  readonly samples: Sample[] = [];
  readonly #services: readonly WatchedService[];
  readonly #before = new Map<string, { readonly pid: number; readonly at: number; readonly cpuSeconds: number }>();
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

  async #sample({ name, metricsUrl, pid }: WatchedService, second: number): Promise<void> {
    const found = pid ? this.#usage(name, pid(), second) : {};
    const metrics = await metricsOf(metricsUrl);
    this.samples.push({ second, service: name, ...found, metrics });
  }

  #usage(name: string, pid: number, second: number): Pick<Sample, 'cores' | 'memory'> {
    const usage = usageOf(pid);
    const before = this.#before.get(name);
    if (!usage) return {};
    this.#before.set(name, { pid, at: second, cpuSeconds: usage.cpuSeconds });
    const isSame = before?.pid === pid;
    // A process that was started meanwhile has used all of its CPU in this run.
    const spent = usage.cpuSeconds - (isSame ? before.cpuSeconds : before ? 0 : usage.cpuSeconds);
    this.#cpu.set(name, (this.#cpu.get(name) ?? 0) + spent);
    const cores = isSame && second > before.at ? { cores: spent / (second - before.at) } : {};
    return { ...cores, memory: usage.memory };
  }
}

async function metricsOf(url: string): Promise<Record<string, number>> {
  if (url === '') return {};
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  if (!answer?.ok) return {};
  const all = readMetrics(await answer.text());
  return Object.fromEntries([...DRAWN, ...TOLD].flatMap((name) => (all.has(name) ? [[name, all.get(name)!]] : [])));
}
