import { METRICS } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import { LedgerProjectionStore } from './ledger-projection-store.ts';

@Injectable()
export class LedgerMetrics {
  readonly #leaves: Counter;
  readonly #caughtUp: Gauge;
  readonly #faults: Gauge;

  constructor(@Inject(METRICS) registry: Registry, @Inject(LedgerProjectionStore) store: LedgerProjectionStore) {
    const registers = [registry];
    this.#leaves = new Counter({
      name: 'kakunin_billing_ledger_leaves_total',
      help: 'Usage records that this process brought into the ledgers of customers.',
      registers,
    });
    this.#caughtUp = new Gauge({
      name: 'kakunin_billing_ledger_caught_up_timestamp_seconds',
      help: 'When this process last saw every counted record in its ledger, Unix time. 0: not yet, or another does it.',
      registers,
    });
    this.#faults = new Gauge({
      name: 'kakunin_billing_ledger_faults',
      help: 'Ledgers that cannot be appended to, and segments that cannot be read, at present.',
      registers,
    });
    const pending: Gauge = new Gauge({
      name: 'kakunin_billing_ledger_pending_segments',
      help: 'Segments that are counted and not in the ledger yet, once for each customer in them.',
      registers,
      async collect() {
        // While the database is away, the last value stays.
        const count = await store.pendingCount().catch(() => undefined);
        if (count !== undefined) pending.set(count);
      },
    });
  }

  onProjected(leaves: number): void {
    this.#leaves.inc(leaves);
  }

  onCaughtUp(at: number): void {
    this.#caughtUp.set(at / 1_000);
  }

  onFaults(faults: number): void {
    this.#faults.set(faults);
  }
}
