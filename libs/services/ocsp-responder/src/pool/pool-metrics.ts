import { CERTIFICATE_CLASSES, OUTCOMES } from '@kakunin/usage';
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { REFUSAL_CODES } from '../answering/refusal.ts';
import { SOURCES } from '../worker/figures.ts';
import type { Figures } from '../worker/figures.ts';
import { FiguresHistogram } from './figures-histogram.ts';
import type { WorkerPlace } from './worker-place.ts';

/** What of a pool is measured. */
export interface MeasuredPool {
  readonly figures: readonly Figures[];
  readonly places: readonly Pick<WorkerPlace, 'restarts' | 'signerFigures'>[];
}

interface Description {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: string[];
}

type Row = readonly [labels: Record<string, string>, value: number];

/** Metrics of all workers together, added up when somebody scrapes. */
export function registerPoolMetrics(pool: MeasuredPool, registry: Registry): void {
  counter(registry, REQUESTS, () => requestRows(pool));
  counter(registry, REFUSALS, () => REFUSAL_CODES.map((code) => [{ code }, sum(pool, (each) => each.refusals(code))]));
  counter(registry, ANSWERS, () => SOURCES.map((source) => [{ source }, sum(pool, (each) => each.answers(source))]));
  counter(registry, RESTARTS, () => pool.places.map(({ restarts }, worker) => [{ worker: `${worker}` }, restarts]));
  gauge(registry, QUEUE, () => [[{}, sum(pool, ({ signingQueue }) => signingQueue)]]);
  gauge(registry, SIGNER_END, () => signerRows(pool));
  registry.registerMetric(new FiguresHistogram(DURATION, () => pool.figures.map(({ duration }) => duration)));
  registry.registerMetric(new FiguresHistogram(SIGNING, () => pool.figures.map(({ signing }) => signing)));
}

const REQUESTS: Description = {
  name: 'kakunin_ocsp_requests_total',
  help: 'Certificates asked about and answered, by answer and certificate class.',
  labelNames: ['outcome', 'class'],
};
const REFUSALS: Description = {
  name: 'kakunin_ocsp_refusals_total',
  help: 'OCSP requests that got no signed answer, by reason.',
  labelNames: ['code'],
};
const ANSWERS: Description = {
  name: 'kakunin_ocsp_answers_total',
  help: 'Signed OCSP answers sent: from the cache, or signed for the request (live).',
  labelNames: ['source'],
};
const RESTARTS: Description = {
  name: 'kakunin_ocsp_worker_restarts_total',
  help: 'Workers that ended by themselves and were replaced: docs/runbooks/ocsp-worker-missing.md.',
  labelNames: ['worker'],
};
const QUEUE: Description = {
  name: 'kakunin_ocsp_signing_queue_requests',
  help: 'Requests that wait for a signature, in all workers together.',
};
const SIGNER_END: Description = {
  name: 'kakunin_ocsp_signer_not_after_seconds',
  help: 'When the last responder certificate ends that lies ready, by authority and algorithm: seconds since 1970.',
  labelNames: ['authority', 'algorithm'],
};
const DURATION: Description = {
  name: 'kakunin_ocsp_duration_seconds',
  help: 'From the request read to the answer ready, usage recorded.',
};
const SIGNING: Description = {
  name: 'kakunin_ocsp_signing_duration_seconds',
  help: 'Time that one signature takes.',
};

const sum = ({ figures }: MeasuredPool, read: (figures: Figures) => number): number =>
  figures.reduce((total, each) => total + read(each), 0);

const requestRows = (pool: MeasuredPool): readonly Row[] =>
  OUTCOMES.flatMap((outcome) =>
    CERTIFICATE_CLASSES.map((each): Row => {
      return [{ outcome, class: each }, sum(pool, (figures) => figures.requests(outcome, each))];
    }),
  );

/** All workers read the same files. */
const signerRows = ({ places }: MeasuredPool): readonly Row[] =>
  (places[0]?.signerFigures ?? []).map(({ authorityId: authority, algorithm, notAfter }) => {
    return [{ authority, algorithm }, notAfter / 1000];
  });

/** What never happened is listed as 0, so that its first time is an increase. */
function counter(registry: Registry, description: Description, rows: () => readonly Row[]): void {
  const metric = new Counter({
    ...description,
    registers: [],
    collect() {
      this.reset();
      for (const [labels, value] of rows()) this.inc(labels, value);
    },
  });
  registry.registerMetric(metric);
}

function gauge(registry: Registry, description: Description, rows: () => readonly Row[]): void {
  const metric = new Gauge({
    ...description,
    registers: [],
    collect() {
      this.reset();
      for (const [labels, value] of rows()) this.set(labels, value);
    },
  });
  registry.registerMetric(metric);
}
