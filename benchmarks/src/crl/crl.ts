import type { Benchmark } from '../frame/benchmark.ts';
import { generation } from './generation.ts';
import { serving } from './serving.ts';

/** What CRLs cost. */
export const crl: Benchmark = {
  name: 'crl',
  summary: 'CRLs out of the status index beside Go and OpenSSL (5 minutes, 2 GB); serving them beside nginx',
  run: async (input) => [...(await generation(input)), ...(await serving(input))],
};
