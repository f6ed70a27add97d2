import { METRICS } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import { UsageEventError } from './usage-event-error.ts';
import type { Outcome } from './usage-event-intake.ts';

const RESULTS = ['accepted', 'duplicate', 'conflict', 'refused'] as const;
type Result = (typeof RESULTS)[number];

@Injectable()
export class UsageEventMetrics {
  readonly #events: Counter<'result'>;

  constructor(@Inject(METRICS) registry: Registry) {
    this.#events = new Counter({
      name: 'kakunin_billing_usage_events_total',
      help: 'Reported usage events: accepted, a duplicate, in conflict with an accepted one, or refused.',
      labelNames: ['result'],
      registers: [registry],
    });
    // A counter that begins at one cannot be seen to grow.
    for (const result of RESULTS) this.#events.inc({ result }, 0);
  }

  onTaken(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) this.#events.inc({ result: resultOf(outcome) });
  }
}

function resultOf(outcome: Outcome): Result {
  if (!(outcome instanceof UsageEventError)) return outcome.result;
  return outcome.code === 'usage_event_conflict' ? 'conflict' : 'refused';
}
