import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';

const KEPT_MS = 600_000;

/** About how many certificates are registered: as the database's statistics say, which counts nothing. */
@Injectable()
export class IssuedCount {
  #count = 0;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  get value(): number {
    return this.#count;
  }

  async refresh(): Promise<void> {
    if (this.clock.now() - this.#readAt < KEPT_MS) return;
    const { rows } = await this.database.query<{ count: number }>(
      `SELECT coalesce(sum(greatest(reltuples, 0)), 0)::float8 AS count
       FROM pg_partition_tree('certificate') JOIN pg_class ON oid = relid WHERE isleaf`,
    );
    this.#count = rows[0]!.count;
    this.#readAt = this.clock.now();
  }
}
