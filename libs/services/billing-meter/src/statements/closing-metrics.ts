import type { ClosingBlocker } from '@kakunin/billing';
import { METRICS } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';

const REASONS = [
  'month_not_over',
  'earlier_month_open',
  'producer_incomplete',
  'missing_segments',
  'ledger_behind',
  'invoice_item_missing',
  'usage_differs',
  'not_rated',
  'interrupted',
] as const satisfies readonly (ClosingBlocker['reason'] | 'interrupted')[];

@Injectable()
export class ClosingMetrics {
  readonly #blockers: Gauge<'reason'>;

  constructor(@Inject(METRICS) registry: Registry) {
    this.#blockers = new Gauge({
      name: 'kakunin_billing_closing_blockers',
      help: 'What keeps months that are closing from being closed, by reason; of the last round of this process.',
      labelNames: ['reason'],
      registers: [registry],
    });
    this.onRound([]);
  }

  onRound(blockers: readonly ClosingBlocker[]): void {
    for (const reason of REASONS)
      this.#blockers.set({ reason }, blockers.filter((blocker) => blocker.reason === reason).length);
  }

  /** A round ended with an error; the next one goes on. */
  onInterrupted(): void {
    this.#blockers.set({ reason: 'interrupted' }, 1);
  }
}
