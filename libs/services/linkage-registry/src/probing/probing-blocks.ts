import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';

export interface ProbingBlock {
  readonly caller: string;
  readonly reason: 'probing' | 'honey';
  /** Epoch ms. */
  readonly blockedAt: number;
}

/** Callers that are refused until somebody has looked into it: the same in all processes, a few seconds later. */
@Injectable()
export class ProbingBlocks {
  #blocked = new Set<string>();
  /** Not written yet. */
  readonly #pending = new Map<string, ProbingBlock['reason']>();

  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  has = (caller: string): boolean => this.#pending.has(caller) || this.#blocked.has(caller);

  /** Holds here at once. */
  add(caller: string, reason: ProbingBlock['reason']): void {
    if (!this.has(caller)) this.#pending.set(caller, reason);
  }

  /** Writes what is new and reads what others wrote. @returns those that were lifted */
  async share(): Promise<readonly string[]> {
    for (const [caller, reason] of this.#pending) {
      await this.database.query(
        'INSERT INTO probing_block (caller, reason, blocked_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [caller, reason, this.clock.now()],
      );
      this.#blocked.add(caller);
      this.#pending.delete(caller);
    }
    const now = new Set((await this.all()).map(({ caller }) => caller));
    const lifted = [...this.#blocked].filter((caller) => !now.has(caller));
    this.#blocked = now;
    return lifted;
  }

  get count(): number {
    return this.#blocked.size;
  }

  async all(): Promise<readonly ProbingBlock[]> {
    const { rows } = await this.database.query<{ caller: string; reason: ProbingBlock['reason']; blocked_at: string }>(
      'SELECT caller, reason, blocked_at FROM probing_block ORDER BY caller',
    );
    return rows.map(({ caller, reason, blocked_at }) => ({ caller, reason, blockedAt: Number(blocked_at) }));
  }

  /** @returns whether there was a block */
  async lift(caller: string): Promise<boolean> {
    const { rowCount } = await this.database.query('DELETE FROM probing_block WHERE caller = $1', [caller]);
    return rowCount === 1;
  }
}
