import type { Benchmark } from '../frame/benchmark.ts';
import { greedyCaller } from './greedy-caller.ts';
import { latency } from './latency.ts';
import { mutualTls } from './mutual-tls.ts';
import { revocationDelay } from './revocation-delay.ts';
import { prepareStage } from './stage.ts';
import { throughput } from './throughput.ts';
import { twoWorkers } from './two-workers.ts';

const SECTIONS = [throughput, mutualTls, twoWorkers, latency, greedyCaller, revocationDelay];

/** Our answers against the least that an HTTP server costs, and against the responders that there are. */
export const ocsp: Benchmark = {
  name: 'ocsp',
  summary:
    'CPU a request beside floors and peers; mutual TLS; two workers; latency; a greedy caller; delay of a revocation',
  async run(input) {
    const stage = await prepareStage(input);
    const rows = [];
    for (const section of SECTIONS) rows.push(...(await section(stage)));
    return rows;
  },
};
