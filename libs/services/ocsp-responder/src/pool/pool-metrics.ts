import { CERTIFICATE_CLASSES, OUTCOMES } from '@kakunin/usage';
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { REFUSAL_CODES } from '../answering/refusal.ts';
import { SOURCES } from '../worker/figures.ts';
import type { Figures, Single } from '../worker/figures.ts';
import { FiguresHistogram } from './figures-histogram.ts';
import type { WorkerPool } from './worker-pool.ts';

type Counted = Pick<WorkerPool, 'figures' | 'places'>;

/** Metrics of all workers together, added up when somebody scrapes. */
export function registerPoolMetrics(pool: Counted, registry: Registry): void {
  const sum = (read: (figures: Figures) => number): number =>
    pool.figures.reduce((total, figures) => total + read(figures), 0);
  const single = (name: Single): number => sum((figures) => figures.get(name));
  counter(registry, REQUESTS, (add) => {
    for (const outcome of OUTCOMES) {
      for (const each of CERTIFICATE_CLASSES)
        add(
          { outcome, class: each },
          sum((figures) => figures.requests(outcome, each)),
        );
    }
  });
  counter(registry, REFUSALS, (add) => {
    for (const code of REFUSAL_CODES)
      add(
        { code },
        sum((figures) => figures.refusals(code)),
      );
  });
  counter(registry, ANSWERS, (add) => {
    for (const source of SOURCES)
      add(
        { source },
        sum((figures) => figures.answers(source)),
      );
  });
  counter(registry, CONNECTIONS_REFUSED, (add) => add({}, single('connectionsRefused')));
  counter(registry, RESTARTS, (add) => {
    pool.places.forEach(({ restarts }, worker) => add({ worker: `${worker}` }, restarts));
  });
  registry.registerMetric(new FiguresHistogram(DURATION, () => pool.figures.map(({ duration }) => duration)));
  registry.registerMetric(new FiguresHistogram(SIGNING, () => pool.figures.map(({ signing }) => signing)));
  gauge(registry, QUEUE, (set) => set({}, single('signingQueue')));
  gauge(registry, SIGNER_END, (set) => {
    for (const { authorityId, algorithm, notAfter } of pool.places[0]?.signerFigures ?? []) {
      set({ authority: authorityId, algorithm }, notAfter / 1000);
    }
  });
}

const REQUESTS = {
  name: 'kakunin_ocsp_requests_total',
  help: 'Certificates asked about and answered, by answer and certificate class.',
  labelNames: ['outcome', 'class'],
};
const REFUSALS = {
  name: 'kakunin_ocsp_refusals_total',
  help: 'OCSP requests that got no signed answer, by reason.',
  labelNames: ['code'],
};
const ANSWERS = {
  name: 'kakunin_ocsp_answers_total',
  help: 'Signed OCSP answers sent: from the cache, or signed for the request (live).',
  labelNames: ['source'],
};
const CONNECTIONS_REFUSED = {
  name: 'kakunin_ocsp_connections_refused_total',
  help: 'Connections beyond what their caller may hold: KAKUNIN_OCSP_CALLER_CONNECTIONS.',
  labelNames: [],
};
const RESTARTS = {
  name: 'kakunin_ocsp_worker_restarts_total',
  help: 'Workers that ended by themselves and were replaced: docs/runbooks/ocsp-worker-missing.md.',
  labelNames: ['worker'],
};
const DURATION = {
  name: 'kakunin_ocsp_duration_seconds',
  help: 'From the request read to the answer ready, usage recorded.',
};
const SIGNING = { name: 'kakunin_ocsp_signing_duration_seconds', help: 'Time that one signature takes.' };
const QUEUE = {
  name: 'kakunin_ocsp_signing_queue_requests',
  help: 'Requests that wait for a signature, all workers together.',
  labelNames: [],
};
const SIGNER_END = {
  name: 'kakunin_ocsp_signer_not_after_seconds',
  help: 'When the last responder certificate ends that lies ready, by authority and algorithm: seconds since 1970.',
  labelNames: ['authority', 'algorithm'],
};

interface Description {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
}

type Say = (labels: Record<string, string>, value: number) => void;

/** What never happened is not listed, as where a counter is counted up. */
function counter(registry: Registry, description: Description, collect: (add: Say) => void): void {
  registry.registerMetric(
    new Counter({
      ...description,
      registers: [],
      collect() {
        this.reset();
        collect((labels, value) => value > 0 && this.inc(labels, value));
      },
    }),
  );
}

function gauge(registry: Registry, description: Description, collect: (set: Say) => void): void {
  registry.registerMetric(
    new Gauge({
      ...description,
      registers: [],
      collect() {
        this.reset();
        collect((labels, value) => this.set(labels, value));
      },
    }),
  );
}
