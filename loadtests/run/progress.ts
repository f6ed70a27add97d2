import { setTimeout as sleep } from 'node:timers/promises';
import type { Revoker } from './revoker.ts';
import { isGenerator, type Sample, type Sampler } from './sampler.ts';

const INTERVAL_SECONDS = 10;

export interface Progress {
  readonly seconds: number;
  readonly startedAt: number;
  readonly sampler: Pick<Sampler, 'samples'>;
  readonly revoker: Pick<Revoker, 'seen' | 'lost'>;
  readonly ends: AbortSignal;
  readonly say: (line: string) => void;
}

/** A line every ten seconds: time, rate and refusals of the responder, who uses the CPU, and how revocations fare. */
export async function tellProgress({ seconds, startedAt, sampler, revoker, ends, say }: Progress): Promise<void> {
  while (!ends.aborted) {
    await sleep(INTERVAL_SECONDS * 1_000, undefined, { signal: ends }).catch(() => undefined);
    if (ends.aborted) return;
    const second = Math.round((Date.now() - startedAt) / 1_000);
    const { seen, lost } = revoker;
    const slowest = Math.max(0, ...seen.slice(-50).map(({ delay }) => delay));
    const revocations = `revocations seen ${seen.length}, slowest of late ${slowest} ms${lost > 0 ? `, lost ${lost}` : ''}`;
    const left = Math.max(0, seconds - second);
    say(
      `${second} s, ${left} s left · ${rateOf(sampler.samples)} · cores: ${coresOf(sampler.samples)} · ${revocations}`,
    );
  }
}

/** From the responder's own counters, over the last samples; a responder that was started anew counts from 0. */
export function rateOf(samples: readonly Sample[]): string {
  const counted = samples
    .filter(({ service, metrics }) => service === 'ocsp-responder' && 'kakunin_ocsp_requests_total' in metrics)
    .slice(-INTERVAL_SECONDS);
  const [first, last] = [counted[0], counted.at(-1)];
  if (!first || !last || first === last) return 'responder: no figures';
  const since = (name: string): number => (last.metrics[name] ?? 0) - (first.metrics[name] ?? 0);
  const elapsed = last.second - first.second;
  const rate = since('kakunin_ocsp_requests_total') / elapsed;
  if (rate < 0) return 'responder: started anew';
  return `${Math.round(rate).toLocaleString('en')} checks/s, ${since('kakunin_ocsp_refusals_total')} refused`;
}

/** Of each service the newest; the generators as one. */
export function coresOf(samples: readonly Sample[]): string {
  const newest = new Map<string, number>();
  for (const { service, cores } of samples) if (cores !== undefined) newest.set(service, cores);
  const sums = new Map<string, number>();
  for (const [service, cores] of newest) {
    const name = isGenerator(service) ? 'k6' : service;
    sums.set(name, (sums.get(name) ?? 0) + cores);
  }
  return [...sums].map(([name, cores]) => `${name} ${cores.toFixed(2)}`).join(', ');
}
