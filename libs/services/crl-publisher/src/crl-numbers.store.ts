import type { Clock } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';

/** The right to publish for one authority, held until the work given to {@link CrlNumbers.reserve} is done. */
export interface Reservation {
  /**
   * Allots the next number, durably, before anything is signed under it.
   * @param published the number of the newest published CRL; the answer is above it even where the table was lost
   */
  allocate(published: bigint): Promise<bigint>;
  /** Rejects when the connection that holds the lock is gone: then another publisher may be at work already. */
  confirm(): Promise<void>;
}

const ALLOCATE = `
  INSERT INTO crl_number AS allotted (authority_id, last_number, allotted_at) VALUES ($1, $2::numeric + 1, $3)
  ON CONFLICT (authority_id) DO UPDATE
    SET last_number = GREATEST(allotted.last_number, $2::numeric) + 1, allotted_at = EXCLUDED.allotted_at
  RETURNING last_number::text`;

/** CRL numbers, and the lock that lets one publisher at a time work for an authority. */
@Injectable()
export class CrlNumbers {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Runs `work` under the authority's advisory lock. The lock ends with its connection, so a publisher that dies
   * never blocks another.
   * @returns what `work` answers, or `reserved_elsewhere` without running it
   * @throws DatabaseError `database_unavailable`
   */
  async reserve<T>(
    authorityId: string,
    work: (reservation: Reservation) => Promise<T>,
  ): Promise<T | 'reserved_elsewhere'> {
    const done = await this.database.withLock(`crl:${authorityId}`, (client) =>
      work({
        allocate: async (published) => {
          const values = [authorityId, published.toString(), new Date(this.clock.now())];
          const allotted = await client.query<{ last_number: string }>(ALLOCATE, values);
          return BigInt(allotted.rows[0]?.last_number ?? 0);
        },
        confirm: async () => void (await client.query('SELECT 1')),
      }),
    );
    return done ? done.result : 'reserved_elsewhere';
  }
}
