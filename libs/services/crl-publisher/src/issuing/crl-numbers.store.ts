import type { Clock } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';

/** The right to publish for one authority, held until the work given to {@link CrlNumbers.reserve} is done. */
export interface Reservation {
  /** The number that was allotted last, by whichever publisher; undefined when there was none. */
  readonly lastNumber: bigint | undefined;
  /**
   * Allots the next number, durably, before anything is signed under it.
   * @param published the highest number of a published CRL; the answer is above it even where the table was lost
   */
  allocate(published: bigint): Promise<bigint>;
  /** Rejects when the connection that holds the lock is gone: then another publisher may be at work already. */
  confirm(): Promise<void>;
  /** The connection that holds the lock. */
  readonly client: PoolClient;
}

const LAST = 'SELECT last_number::text FROM crl_number WHERE authority_id = $1';
const ALLOCATE = `
  INSERT INTO crl_number AS allotted (authority_id, last_number, allotted_at) VALUES ($1, $2::numeric + 1, $3)
  ON CONFLICT (authority_id) DO UPDATE
    SET last_number = GREATEST(allotted.last_number, $2::numeric) + 1, allotted_at = EXCLUDED.allotted_at
  RETURNING last_number::text`;

interface Row {
  readonly last_number: string;
}

/** CRL numbers, one sequence for all CRLs of an authority, and the lock that lets one publisher at a time work for it. */
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
    const done = await this.database.withLock(`crl:${authorityId}`, async (client) => {
      const [last] = (await client.query<Row>(LAST, [authorityId])).rows;
      return work({
        client,
        lastNumber: last && BigInt(last.last_number),
        allocate: async (published) => {
          const values = [authorityId, published.toString(), new Date(this.clock.now())];
          const allotted = await client.query<Row>(ALLOCATE, values);
          return BigInt(allotted.rows[0]?.last_number ?? 0);
        },
        confirm: async () => void (await client.query('SELECT 1')),
      });
    });
    return done ? done.result : 'reserved_elsewhere';
  }
}
