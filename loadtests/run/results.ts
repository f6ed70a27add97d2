import { type Failure, FAILURES, WINDOWED_COUNTS, WINDOWED_TRENDS, type Wrong, WRONGS } from '../lib/plan.ts';

/** k6's own summary (`handleSummary`), as far as it is read here. */
export interface K6Summary {
  readonly metrics: Readonly<Record<string, { readonly values: Readonly<Record<string, number>> } | undefined>>;
}

/** Of durations in milliseconds. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface LoadResults {
  readonly asked: number;
  readonly charged: number;
  readonly reported: number;
  readonly refused: number;
  readonly failed: number;
  readonly failures: Readonly<Record<Failure, number>>;
  readonly wrong: number;
  readonly wrongs: Readonly<Record<Wrong, number>>;
  /** Requests that k6 could not send in time: the open model did not hold. */
  readonly dropped: number;
  readonly crlOctets: number;
  readonly latency: Readonly<Record<LatencyName, Latency | undefined>>;
  /** By window, the first one first; undefined where nothing came. */
  readonly windows: Readonly<Record<(typeof WINDOWED_TRENDS)[number], readonly (Latency | undefined)[]>>;
  readonly counts: Readonly<Record<(typeof WINDOWED_COUNTS)[number], readonly number[]>>;
}

export const LATENCIES = [
  'ocsp_duration',
  'crl_not_modified_duration',
  'crl_download_duration',
  'identification_duration',
] as const;
export type LatencyName = (typeof LATENCIES)[number];

export function readResults({ metrics }: K6Summary): LoadResults {
  const count = (name: string): number => metrics[name]?.values['count'] ?? 0;
  const latency = (name: string): Latency | undefined => latencyOf(metrics[name]?.values);
  const named = <N extends string>(names: readonly N[], read: (name: N) => unknown) =>
    Object.fromEntries(names.map((name) => [name, read(name)]));
  return {
    asked: count('asked'),
    charged: count('charged_answers'),
    reported: count('reported_events'),
    refused: count('refused'),
    failed: count('failed'),
    failures: named(FAILURES, (why) => count(`failed{why:${why}}`)) as LoadResults['failures'],
    wrong: count('wrong_answers'),
    wrongs: named(WRONGS, (what) => count(`wrong_answers{what:${what}}`)) as LoadResults['wrongs'],
    dropped: count('dropped_iterations'),
    crlOctets: count('crl_octets'),
    latency: named(LATENCIES, latency) as LoadResults['latency'],
    windows: named(WINDOWED_TRENDS, (name) => windowsOf(name, metrics).map(latency)) as LoadResults['windows'],
    counts: named(WINDOWED_COUNTS, (name) => windowsOf(name, metrics).map(count)) as LoadResults['counts'],
  };
}

const windowsOf = (name: string, metrics: K6Summary['metrics']): string[] =>
  Object.keys(metrics)
    .filter((metric) => metric.startsWith(`${name}{window:`))
    .sort((one, other) => Number(/\d+/.exec(one)) - Number(/\d+/.exec(other)));

function latencyOf(values: Readonly<Record<string, number>> | undefined): Latency | undefined {
  const count = values?.['count'] ?? 0;
  if (!values || count === 0) return undefined;
  const at = (name: string): number => values[name] ?? 0;
  return { count, p50: at('p(50)'), p95: at('p(95)'), p99: at('p(99)'), p999: at('p(99.9)'), max: at('max') };
}

/**
 * What several generators measured, as one. Counts are sums; of percentiles the worst stands, for they cannot be merged, and
 * a caller with bad answers must not vanish behind others.
 */
export function mergeResults(all: readonly LoadResults[]): LoadResults {
  const [first, ...others] = all;
  if (!first) throw new RangeError('There is nothing to merge.');
  return others.reduce(merged, first);
}

function merged(one: LoadResults, other: LoadResults): LoadResults {
  const add = <N extends string>(left: Readonly<Record<N, number>>, right: Readonly<Record<N, number>>) =>
    Object.fromEntries(Object.keys(left).map((name) => [name, left[name as N] + right[name as N]])) as Record<
      N,
      number
    >;
  const { failures, wrongs, latency, windows, counts, ...sums } = one;
  return {
    ...add(sums, other as typeof sums),
    failures: add(failures, other.failures),
    wrongs: add(wrongs, other.wrongs),
    latency: mapped(latency, (worst, name) => worse(worst, other.latency[name])),
    windows: mapped(windows, (own, name) => pairs<Latency | undefined>(own, other.windows[name], worse)),
    counts: mapped(counts, (own, name) => pairs(own, other.counts[name], (here = 0, there = 0) => here + there)),
  };
}

const mapped = <N extends string, V>(record: Readonly<Record<N, V>>, map: (value: V, name: N) => V): Record<N, V> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value as V, name as N)])) as Record<N, V>;

const pairs = <V>(one: readonly V[], other: readonly V[], both: (one: V | undefined, other: V | undefined) => V): V[] =>
  Array.from({ length: Math.max(one.length, other.length) }, (_, index) => both(one[index], other[index]));

function worse(one: Latency | undefined, other: Latency | undefined): Latency | undefined {
  if (!one || !other) return one ?? other;
  const most = (name: keyof Latency): number => Math.max(one[name], other[name]);
  return {
    count: one.count + other.count,
    p50: most('p50'),
    p95: most('p95'),
    p99: most('p99'),
    p999: most('p999'),
    max: most('max'),
  };
}
