import type { Clock } from '@kakunin/calendar';
import { CRL_PUBLISHED } from '@kakunin/event-log';
import { appendToOutbox } from '@kakunin/outbox';
import type { CrlPublished } from '@kakunin/publication';
import type { PoolClient } from 'pg';

const INTEND = `
  INSERT INTO crl_announcement (authority_id, crl_number, event, intended_at) VALUES ($1, $2::numeric, $3, $4)`;
const TAKE = 'DELETE FROM crl_announcement WHERE authority_id = $1 RETURNING crl_number, event';

/**
 * Sees to it that each move of a pointer is announced, though pointers do not lie in the database: what is about to be moved is
 * written down first, and goes to the outbox when it was. What a publisher leaves behind that dies in between is announced by the
 * next one. To be used under the authority's lock, on its connection.
 */
export class CrlAnnouncements {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Before the first pointer moves. */
  async intend(client: PoolClient, event: CrlPublished): Promise<void> {
    const values = [event.authorityId, event.crlNumber, JSON.stringify(event), new Date(this.#clock.now())];
    await client.query(INTEND, values);
  }

  /** When all pointers have moved, or after a start: announces whatever was intended. */
  async settle(client: PoolClient, authorityId: string): Promise<void> {
    await client.query('BEGIN');
    try {
      const { rows } = await client.query<{ event: CrlPublished }>(TAKE, [authorityId]);
      const events = rows.map(({ event }) => ({ topic: CRL_PUBLISHED, key: authorityId, value: event }));
      await appendToOutbox(client, events);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}
