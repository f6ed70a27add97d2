import type { Benchmark, BenchmarkInput, Row } from '../frame/benchmark.ts';
import { identifying } from './identifying.ts';
import { importing } from './importing.ts';
import { revoking } from './revoking.ts';
import { snapshots } from './snapshots.ts';

/** In the order in which they run. */
const PARTS: readonly ((input: BenchmarkInput) => Promise<readonly Row[]>)[] = [
  importing,
  snapshots,
  identifying,
  revoking,
];

export const linkage: Benchmark = {
  name: 'linkage',
  summary:
    'the registry: an import of 10 million against COPY, a snapshot of 20 million, identifications and revocations a second',
  async run(input) {
    const rows: Row[] = [];
    for (const part of PARTS) rows.push(...(await part(input)));
    return rows;
  },
};
