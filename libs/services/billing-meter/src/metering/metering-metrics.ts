import type { ProducerProgress } from '@kakunin/billing';
import { METRICS } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { CountedBatch } from './segment-store.ts';

@Injectable()
export class MeteringMetrics {
  readonly #segments: Counter<'result'>;
  readonly #records: Counter;
  readonly #lastCounted: Gauge;
  readonly #missing: Gauge;
  readonly #completeUntil: Gauge;

  constructor(@Inject(METRICS) registry: Registry) {
    const registers = [registry];
    this.#segments = new Counter({
      name: 'kakunin_billing_segments_total',
      help: 'Usage segments taken from the topic: counted, or a duplicate that had been counted before.',
      labelNames: ['result'],
      registers,
    });
    this.#records = new Counter({
      name: 'kakunin_billing_records_total',
      help: 'Usage records counted.',
      registers,
    });
    this.#lastCounted = new Gauge({
      name: 'kakunin_billing_last_counted_timestamp_seconds',
      help: 'When this process last counted a segment, Unix time; its age is time() minus this. 0: not yet.',
      registers,
    });
    this.#missing = new Gauge({
      name: 'kakunin_billing_missing_segments',
      help: 'Usage segments that the numbering of the journals shows to be missing.',
      registers,
    });
    this.#completeUntil = new Gauge({
      name: 'kakunin_billing_complete_until_timestamp_seconds',
      help: 'Until when the usage of the journals in service is counted without a gap, Unix time: of the one that is furthest behind. 0: no journal said so yet.',
      registers,
    });
  }

  onCounted({ segments, duplicates, records }: CountedBatch, at: number): void {
    this.#segments.inc({ result: 'counted' }, segments);
    this.#segments.inc({ result: 'duplicate' }, duplicates);
    this.#records.inc(records);
    if (segments > 0) this.#lastCounted.set(at / 1_000);
  }

  onProgress(journals: readonly ProducerProgress[]): void {
    this.#missing.set(Number(journals.reduce((sum, { missingSegments }) => sum + missingSegments, 0n)));
    const instants = journals.flatMap(({ completeUntil }) => completeUntil ?? []);
    this.#completeUntil.set(instants.length === 0 ? 0 : Math.min(...instants) / 1_000);
  }
}
