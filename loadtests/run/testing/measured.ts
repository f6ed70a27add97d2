import type { Measured } from '../objectives.ts';
import { type Latency, type LoadResults, readResults } from '../results.ts';

/** Latency whose percentiles are these; the rest is less. */
export const latency = (p99: number, p999 = p99): Latency => ({ count: 100, p50: 1, p95: 2, p99, p999, max: p999 });

/** What k6 measured in a load without a fault. */
export const faultless: LoadResults = {
  ...readResults({ metrics: {} }),
  asked: 1_000,
  charged: 900,
  reported: 100,
  latency: {
    ocsp_duration: latency(20, 100),
    crl_not_modified_duration: latency(5),
    crl_download_duration: latency(5),
    identification_duration: latency(5),
  },
  windows: { ocsp_duration: [latency(20), latency(20)], crl_not_modified_duration: [latency(5), latency(5)] },
  counts: { asked: [500, 500], failed: [0, 0] },
};

/** Everything that was promised was kept. */
export const kept: Measured = {
  results: faultless,
  windowSeconds: 10,
  checker: { verified: 10, refused: 0 },
  revocations: {
    seen: [300, 1_200].map((delay, second) => ({ second, delay })),
    lost: 0,
    acknowledged: [20, 90].map((delay, second) => ({ second, delay })),
    repeated: 0,
    unacknowledged: new Map(),
    expected: true,
  },
  charges: { answered: 1_000, unanswered: 0, charged: 1_000 },
  outages: [],
};
