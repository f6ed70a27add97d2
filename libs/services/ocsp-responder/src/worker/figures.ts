import { CERTIFICATE_CLASSES, OUTCOMES } from '@kakunin/usage';
import type { CertificateClass, Outcome } from '@kakunin/usage';
import { REFUSAL_CODES } from '../answering/refusal.ts';
import type { RefusalCode } from '../answering/refusal.ts';

/** Seconds. A P-256 signature takes 22 µs, a cached answer well under a millisecond; what takes a second is in trouble. */
export const BUCKETS = [
  0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1,
] as const;

export const SOURCES = ['cached', 'live'] as const;

const CLASSES = CERTIFICATE_CLASSES.length;
/** Where each kind of figure begins, in words of eight octets. A histogram is its buckets, the count above them, the sum. */
const HISTOGRAM = BUCKETS.length + 2;
const REQUESTS = 0;
const ANSWERS = REQUESTS + OUTCOMES.length * CLASSES;
const REFUSALS = ANSWERS + SOURCES.length;
const QUEUE = REFUSALS + REFUSAL_CODES.length;
const DURATION = QUEUE + 1;
const SIGNING = DURATION + HISTOGRAM;
const LENGTH = SIGNING + HISTOGRAM;

export interface HistogramFigures {
  /** Of each bucket alone, not of those below it; the last one holds what is above all bounds. */
  readonly counts: readonly number[];
  /** Seconds. */
  readonly sum: number;
}

/**
 * What a worker counts, in memory that the main thread reads whenever somebody scrapes: counting costs an addition. One
 * writer, the worker; its successor goes on in the same memory.
 */
export class Figures {
  readonly memory: SharedArrayBuffer;
  readonly #words: Float64Array;

  constructor(memory = new SharedArrayBuffer(LENGTH * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#words = new Float64Array(memory);
  }

  /** A certificate was asked about and answered. */
  requested(outcome: Outcome, certificateClass: CertificateClass): void {
    this.#words[requestsAt(outcome, certificateClass)]! += 1;
  }

  /** A signed answer was sent. */
  answered(source: (typeof SOURCES)[number]): void {
    this.#words[ANSWERS + SOURCES.indexOf(source)]! += 1;
  }

  refused(code: RefusalCode): void {
    this.#words[REFUSALS + REFUSAL_CODES.indexOf(code)]! += 1;
  }

  /** Requests that wait for a signature now. */
  set signingQueue(requests: number) {
    this.#words[QUEUE] = requests;
  }

  get signingQueue(): number {
    return this.#words[QUEUE] ?? 0;
  }

  /** From the request read to the answer ready. @param seconds monotonic time passed */
  took(seconds: number): void {
    this.#observe(DURATION, seconds);
  }

  /** One signature. @param seconds monotonic time passed */
  signed(seconds: number): void {
    this.#observe(SIGNING, seconds);
  }

  requests(outcome: Outcome, certificateClass: CertificateClass): number {
    return this.#words[requestsAt(outcome, certificateClass)] ?? 0;
  }

  answers(source: (typeof SOURCES)[number]): number {
    return this.#words[ANSWERS + SOURCES.indexOf(source)] ?? 0;
  }

  refusals(code: RefusalCode): number {
    return this.#words[REFUSALS + REFUSAL_CODES.indexOf(code)] ?? 0;
  }

  get duration(): HistogramFigures {
    return this.#histogram(DURATION);
  }

  get signing(): HistogramFigures {
    return this.#histogram(SIGNING);
  }

  #observe(at: number, seconds: number): void {
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > BUCKETS[bucket]!) bucket += 1;
    this.#words[at + bucket]! += 1;
    this.#words[at + HISTOGRAM - 1]! += seconds;
  }

  #histogram(at: number): HistogramFigures {
    return {
      counts: [...this.#words.subarray(at, at + HISTOGRAM - 1)],
      sum: this.#words[at + HISTOGRAM - 1] ?? 0,
    };
  }
}

const requestsAt = (outcome: Outcome, certificateClass: CertificateClass): number =>
  REQUESTS + OUTCOMES.indexOf(outcome) * CLASSES + CERTIFICATE_CLASSES.indexOf(certificateClass);
