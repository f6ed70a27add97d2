import { METRICS } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What an operator is told of callers that ask too much, or in an order that no people have. */
@Injectable()
export class ProbingMetrics {
  /** By `reason`: the code of the refusal. */
  readonly refused: Counter<'reason'>;
  readonly slowedDown: Counter;
  readonly honey: Counter;
  readonly blocked: Gauge;

  constructor(@Inject(METRICS) registry: Registry) {
    const registers = [registry];
    this.refused = new Counter({
      name: 'kakunin_registry_calls_refused_total',
      help: 'Identifications refused before they were looked at, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.slowedDown = new Counter({
      name: 'kakunin_registry_calls_slowed_down_total',
      help: 'Identifications answered later, as their caller seems to go through serial numbers.',
      registers,
    });
    this.honey = new Counter({
      name: 'kakunin_registry_honey_touched_total',
      help: 'Identifications that named a certificate which nobody holds.',
      registers,
    });
    this.blocked = new Gauge({
      name: 'kakunin_registry_callers_blocked',
      help: 'Callers that are refused, for a time or until somebody has looked into it.',
      registers,
    });
  }
}
