import type { Benchmark, BenchmarkInput, Row } from '../frame/benchmark.ts';
import { closing } from './closing.ts';
import { counting } from './counting.ts';

/** In the order in which they run, each on a PostgreSQL of its own. */
const PARTS: readonly ((input: BenchmarkInput) => Promise<readonly Row[]>)[] = [counting, closing];

export const billing: Benchmark = {
  name: 'billing',
  summary: 'the billing meter: records/s from topic to committed PostgreSQL, against one row per event; a month closed',
  async run(input) {
    const rows: Row[] = [];
    for (const part of PARTS) rows.push(...(await part(input)));
    return rows;
  },
};
