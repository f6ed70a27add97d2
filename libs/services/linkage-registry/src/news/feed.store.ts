import { jstStartOfDay } from '@kakunin/calendar';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { RegistryDatabase } from '../database/registry-database.ts';
import { Vault } from '../keys/vault.ts';
import { RegistryError } from '../registry-error.ts';
import { openEvent, sealEvent } from './event-seal.ts';
import type { FeedItem, NewsEvent } from './feed-event.ts';

export interface FeedQuestion {
  readonly serviceProvider: string;
  /** Sequence of the last event that the reader has; 0: none. */
  readonly after: number;
  readonly limit: number;
}

/** A part at a time, so that no transaction is long. */
const FORGOTTEN_AT_ONCE = 10_000;

/** SQL of feeds: for each service provider one, numbered without a gap. */
@Injectable()
export class FeedStore {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  /**
   * Appends events, each to the feed of its service provider, and queues them for its webhooks. Until the transaction
   * ends nobody else appends to those feeds: sequences become visible in their order. Of when it happened the day is told:
   * the instant of a revocation is in the public CRL, beside the serial number.
   */
  async append(client: PoolClient, events: readonly NewsEvent[], now: number): Promise<void> {
    const feeds = Map.groupBy(events, ({ serviceProvider }) => serviceProvider);
    // Always in the same order: two transactions with the same feeds cannot wait for each other.
    for (const recipient of [...feeds.keys()].sort()) {
      const sealed = feeds
        .get(recipient)!
        .map((event) => sealEvent(this.vault, recipient, { ...event, at: jstStartOfDay(event.at) }));
      const { rows } = await client.query<{ last_sequence: string }>(
        `INSERT INTO linkage_feed (recipient, last_sequence) VALUES ($1, $2)
         ON CONFLICT (recipient) DO UPDATE SET last_sequence = linkage_feed.last_sequence + $2 RETURNING last_sequence`,
        [recipient, sealed.length],
      );
      await client.query(
        `WITH appended AS (
           INSERT INTO linkage_event (recipient, sequence, at, event_sealed)
           SELECT $1, $2::bigint + place, $3, event_sealed
           FROM unnest($4::bytea[]) WITH ORDINALITY AS event (event_sealed, place)
           RETURNING sequence
         )
         INSERT INTO webhook_delivery (endpoint_id, recipient, sequence, state, attempts, next_attempt_at)
         SELECT endpoint_id, $1, sequence, 'waiting', 0, $3
         FROM webhook_endpoint, appended WHERE recipient = $1 AND webhook_endpoint.state = 'active'`,
        [recipient, Number(rows[0]!.last_sequence) - sealed.length, now, sealed],
      );
    }
  }

  /** What was noted for a service provider before it has a place. */
  openNoted(recipient: string, sealed: Uint8Array): NewsEvent {
    return openEvent(this.vault, recipient, sealed);
  }

  /** @throws RegistryError `events_forgotten` when the reader has missed some; `cursor_ahead` when the feed never came so far */
  async read({ serviceProvider, after, limit }: FeedQuestion): Promise<readonly FeedItem[]> {
    // One statement, one state of the database: what is forgotten is not missed silently.
    const { rows } = await this.database.query<{
      last_sequence: string;
      forgotten_sequence: string;
      sequence: string | null;
      event_sealed: Buffer;
    }>(
      `SELECT last_sequence, forgotten_sequence, sequence, event_sealed
       FROM linkage_feed LEFT JOIN LATERAL (
         SELECT sequence, event_sealed FROM linkage_event
         WHERE linkage_event.recipient = linkage_feed.recipient AND sequence > $2 ORDER BY sequence LIMIT $3
       ) AS page ON true
       WHERE recipient = $1 ORDER BY sequence`,
      [serviceProvider, after, limit],
    );
    if (after > Number(rows[0]?.last_sequence ?? 0)) {
      throw new RegistryError(
        'cursor_ahead',
        'The feed never came so far: the registry was restored from a backup, or the cursor is of another. Begin without one.',
      );
    }
    if (after > 0 && after < Number(rows[0]?.forgotten_sequence ?? 0)) {
      throw new RegistryError(
        'events_forgotten',
        'Events after this cursor are kept no more: begin without a cursor, and identify anew whom you must be sure of.',
      );
    }
    return rows
      .filter((row) => row.sequence !== null)
      .map((row) => ({
        sequence: Number(row.sequence),
        event: openEvent(this.vault, serviceProvider, row.event_sealed),
      }));
  }

  /** Forgets events that were told before an instant, epoch ms. */
  async forget(before: number): Promise<void> {
    for (let forgotten = FORGOTTEN_AT_ONCE; forgotten === FORGOTTEN_AT_ONCE;) {
      const { rows } = await this.database.query<{ forgotten: number }>(
        `WITH gone AS (
           DELETE FROM linkage_event WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM linkage_event WHERE at < $1 ORDER BY at LIMIT ${FORGOTTEN_AT_ONCE}
           )) RETURNING recipient, sequence
         ), latest AS (SELECT recipient, max(sequence) AS sequence FROM gone GROUP BY recipient), noted AS (
           UPDATE linkage_feed SET forgotten_sequence = greatest(forgotten_sequence, sequence)
           FROM latest WHERE latest.recipient = linkage_feed.recipient
         )
         SELECT count(*)::int AS forgotten FROM gone`,
        [before],
      );
      forgotten = rows[0]!.forgotten;
    }
  }
}
