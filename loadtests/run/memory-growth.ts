import type { Sample } from './sampler.ts';

/** A service's memory (octets) in the second tenth of a load, when it is warm, and in the last: medians. */
export interface MemoryGrowth {
  readonly service: string;
  readonly early: number;
  readonly late: number;
}

/** Of each service that was sampled in both tenths. */
export function memoryGrowthOf(samples: readonly Sample[], seconds: number): readonly MemoryGrowth[] {
  const names = [...new Set(samples.map(({ service }) => service))];
  const within = (service: string, from: number, to: number): number | undefined =>
    medianOf(
      samples.flatMap((sample) => {
        const isWithin = sample.service === service && sample.second >= from * seconds && sample.second < to * seconds;
        return isWithin && sample.memory !== undefined ? [sample.memory] : [];
      }),
    );
  return names.flatMap((service) => {
    const [early, late] = [within(service, 0.1, 0.2), within(service, 0.9, 1.1)];
    return early === undefined || late === undefined ? [] : [{ service, early, late }];
  });
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}
