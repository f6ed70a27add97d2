import type { Benchmark } from '../frame/benchmark.ts';
import { serving } from './serving.ts';

/** What CRLs cost. */
export const crl: Benchmark = {
  name: 'crl',
  summary: 'serving published CRLs, against nginx over the same files',
  run: serving,
};
