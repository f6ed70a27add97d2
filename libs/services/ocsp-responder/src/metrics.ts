import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { CertificateClass, Outcome } from '@kakunin/usage';
import type { RefusalCode } from './answering/refusal.ts';

/** Seconds. Cached answers take well under a millisecond; what takes a second is in trouble. */
const BUCKETS = [0.000_25, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/**
 * The responder's metrics. Counts are plain integers, handed to prom-client only when somebody scrapes: a labelled
 * `inc()` costs as much as the look-up that it counts.
 */
export class OcspMetrics {
  readonly #requests = new Map<string, number>();
  readonly #refusals = new Map<string, number>();
  readonly #answers = new Map<string, number>();
  readonly #duration: Histogram;
  readonly #signing: Histogram;

  constructor(registry: Registry) {
    flushed(registry, this.#requests, {
      name: 'kakunin_ocsp_requests_total',
      help: 'Certificates asked about and answered, by answer and certificate class.',
      labelNames: ['outcome', 'class'],
    });
    flushed(registry, this.#refusals, {
      name: 'kakunin_ocsp_refusals_total',
      help: 'OCSP requests that got no signed answer, by reason.',
      labelNames: ['code'],
    });
    flushed(registry, this.#answers, {
      name: 'kakunin_ocsp_answers_total',
      help: 'Signed OCSP answers sent: from the cache, or signed for the request (live).',
      labelNames: ['source'],
    });
    this.#duration = new Histogram({
      name: 'kakunin_ocsp_duration_seconds',
      help: 'From the request read to the answer ready, usage recorded.',
      buckets: BUCKETS,
      registers: [registry],
    });
    this.#signing = new Histogram({
      name: 'kakunin_ocsp_signing_duration_seconds',
      help: 'Time that one signature takes.',
      buckets: BUCKETS,
      registers: [registry],
    });
  }

  answered(source: 'cached' | 'live'): void {
    increment(this.#answers, source);
  }

  requested(outcome: Outcome, certificateClass: CertificateClass): void {
    increment(this.#requests, `${outcome} ${certificateClass}`);
  }

  refused(code: RefusalCode): void {
    increment(this.#refusals, code);
  }

  /** @param seconds monotonic time passed */
  took(seconds: number): void {
    this.#duration.observe(seconds);
  }

  /** @param seconds monotonic time passed */
  signed(seconds: number): void {
    this.#signing.observe(seconds);
  }
}

interface CounterDescription {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

const increment = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

/** A counter whose values are taken from `counts` at each scrape; keys are label values joined by a space. */
function flushed(
  registry: Registry,
  counts: ReadonlyMap<string, number>,
  { name, help, labelNames }: CounterDescription,
) {
  return new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const [key, count] of counts) {
        const values = key.split(' ');
        this.inc(Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? ''])), count);
      }
    },
  });
}
