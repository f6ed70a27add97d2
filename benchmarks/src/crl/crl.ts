import type { Benchmark } from '../frame/benchmark.ts';
import { generation } from './generation.ts';
import { partitionSet } from './partition-set.ts';
import { serving } from './serving.ts';

/** What CRLs cost. */
export const crl: Benchmark = {
  name: 'crl',
  summary:
    'CRLs out of the status index beside Go and OpenSSL, the partitions of a nation published (20 minutes, 4 GB, 8 GB of disk); serving them beside nginx',
  run: async (input) => [...(await generation(input)), ...(await partitionSet(input)), ...(await serving(input))],
};

/** The part that takes the most of it, alone. */
export const crlSet: Benchmark = {
  name: 'crl-set',
  summary:
    'of crl the partitions of a nation alone: 1,890 with 26 million entries, three sets (10 minutes, the first for filling the index; 4 GB, 8 GB of disk; --scale 0.1: a tenth of all)',
  run: partitionSet,
};
