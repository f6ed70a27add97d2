import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import { RegistryError } from '../registry-error.ts';
import { type CallLimit, type CallsAsked, takeCalls } from './call-limits.store.ts';

/** What is counted, each by itself, and how many of it for each call: not every challenge is signed. */
const TIMES = { calls: 1, challenges: 2 };
export type Counted = keyof typeof TIMES;

/** A code has no spaces. */
const bucketOf = (caller: string, of: Counted): string => (of === 'calls' ? caller : `${caller} ${of}`);

/** What callers have left of what they may ask: taken from the database in parts, handed out from memory. */
@Injectable()
export class CallQuotas {
  readonly #left = new Map<string, number>();
  readonly #taking = new Map<string, Promise<void>>();

  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws RegistryError `calls_exhausted` */
  async take(caller: string, standard: CallLimit, of: Counted = 'calls'): Promise<void> {
    const bucket = bucketOf(caller, of);
    for (;;) {
      const left = this.#left.get(bucket) ?? 0;
      if (left >= 1) return void this.#left.set(bucket, left - 1);
      let taking = this.#taking.get(bucket);
      if (!taking) {
        taking = this.#takePart({ caller, bucket, standard, times: TIMES[of] }).finally(() =>
          this.#taking.delete(bucket),
        );
        this.#taking.set(bucket, taking);
      }
      await taking;
    }
  }

  async #takePart(asked: Omit<CallsAsked, 'now'>): Promise<void> {
    const now = this.clock.now();
    const taken = await this.database.transaction((client) => takeCalls(client, { ...asked, now }));
    if (!('retryAfter' in taken)) return void this.#left.set(asked.bucket, taken.calls);
    throw new RegistryError(
      'calls_exhausted',
      `You have asked as often as you may: ask again in ${Math.ceil(taken.retryAfter / 1000)} seconds, or have the operator raise your limit.`,
    );
  }
}
