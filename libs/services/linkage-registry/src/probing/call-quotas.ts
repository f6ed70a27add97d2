import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import { RegistryError } from '../registry-error.ts';
import { type CallLimit, takeCalls } from './call-limits.store.ts';

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
  async take(caller: string, standard: CallLimit): Promise<void> {
    for (;;) {
      const left = this.#left.get(caller) ?? 0;
      if (left >= 1) return void this.#left.set(caller, left - 1);
      let taking = this.#taking.get(caller);
      if (!taking) {
        taking = this.#takePart(caller, standard).finally(() => this.#taking.delete(caller));
        this.#taking.set(caller, taking);
      }
      await taking;
    }
  }

  async #takePart(caller: string, standard: CallLimit): Promise<void> {
    const now = this.clock.now();
    const taken = await this.database.transaction((client) => takeCalls(client, { caller, standard, now }));
    if (!('retryAfter' in taken)) return void this.#left.set(caller, taken.calls);
    throw new RegistryError(
      'calls_exhausted',
      `You have asked as often as you may: ask again in ${Math.ceil(taken.retryAfter / 1000)} seconds, or have the operator raise your limit.`,
    );
  }
}
