import type { Delivery, WebhookSigner } from '@kakunin/webhooks';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import { Vault } from '../keys/vault.ts';
import { openEvent } from '../news/event-seal.ts';
import type { FeedItem } from '../news/feed-event.ts';
import type { DisabledBecause } from './webhook-endpoint.ts';
import { WebhookEndpointStore } from './webhook-endpoint.store.ts';

/** A message that one process has taken, to send it. */
export interface ClaimedDelivery {
  readonly endpointId: string;
  readonly url: string;
  readonly serviceProvider: string;
  readonly item: FeedItem;
  readonly attempts: number;
  /** Until when nobody else takes it, epoch ms; what comes of it later counts for nothing. */
  readonly claimedUntil: number;
}

export interface DeadLetter {
  readonly sequence: number;
  readonly attempts: number;
  /** Epoch ms. */
  readonly deadAt: number;
  readonly reason: 'endpoint_gone' | 'exhausted' | 'endpoint_disabled';
}

interface ClaimedRow {
  readonly endpoint_id: string;
  readonly url: string;
  readonly recipient: string;
  readonly sequence: string;
  readonly attempts: number;
  readonly event_sealed: Buffer;
}

/** Longer than an attempt may take: a process that dies meanwhile holds messages up for that long. */
const CLAIM = 60_000;
const AT_ONCE = 10;

/** SQL of messages on their way: any number of processes may take from it. */
@Injectable()
export class WebhookDeliveryStore {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(WebhookEndpointStore) private readonly endpoints: WebhookEndpointStore,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  /** Resolves when there is a database to ask. */
  whenReady(): Promise<void> {
    return this.database.whenReady();
  }

  /** What signs for an endpoint now. */
  signers(endpointId: string, now: number): Promise<readonly WebhookSigner[]> {
    return this.endpoints.signers(this.database, endpointId, now);
  }

  /** Takes what is due, a few of each endpoint, the oldest first. @param busy endpoints that are being called */
  async claim(now: number, busy: readonly string[]): Promise<readonly ClaimedDelivery[]> {
    const claimedUntil = now + CLAIM;
    const { rows } = await this.database.query<ClaimedRow>(
      `WITH due AS (
         SELECT taken.endpoint_id, taken.sequence, url
         FROM webhook_endpoint AS endpoint CROSS JOIN LATERAL (
           SELECT endpoint_id, sequence FROM webhook_delivery
           WHERE endpoint_id = endpoint.endpoint_id AND state = 'waiting' AND next_attempt_at <= $1
           ORDER BY next_attempt_at, sequence LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED
         ) AS taken
         WHERE endpoint.state = 'active' AND NOT endpoint.endpoint_id = ANY ($3::uuid[])
       ), claimed AS (
         UPDATE webhook_delivery AS delivery SET next_attempt_at = $2
         FROM due WHERE delivery.endpoint_id = due.endpoint_id AND delivery.sequence = due.sequence
         RETURNING delivery.endpoint_id, url, recipient, delivery.sequence, attempts
       )
       SELECT claimed.*, event_sealed FROM claimed JOIN linkage_event USING (recipient, sequence) ORDER BY sequence`,
      [now, claimedUntil, busy],
    );
    return rows.map(({ endpoint_id, url, recipient, sequence, attempts, event_sealed }) => ({
      endpointId: endpoint_id,
      url,
      serviceProvider: recipient,
      item: { sequence: Number(sequence), event: openEvent(this.vault, recipient, event_sealed) },
      attempts,
      claimedUntil,
    }));
  }

  /** Writes down what became of a message; nothing, when the claim has gone to another. */
  async settle({ endpointId, item, claimedUntil }: ClaimedDelivery, delivery: Delivery): Promise<void> {
    const mine = [endpointId, item.sequence, claimedUntil];
    const where = `endpoint_id = $1 AND sequence = $2 AND state = 'waiting' AND next_attempt_at = $3`;
    switch (delivery.state) {
      case 'delivered':
        await this.database.query(`DELETE FROM webhook_delivery WHERE ${where}`, mine);
        return;
      case 'waiting':
        await this.database.query(`UPDATE webhook_delivery SET attempts = $4, next_attempt_at = $5 WHERE ${where}`, [
          ...mine,
          delivery.attempts,
          delivery.nextAttemptAt,
        ]);
        return;
      case 'dead':
        await this.database.query(
          `UPDATE webhook_delivery SET state = 'dead', attempts = $4, dead_at = $5, dead_because = $6 WHERE ${where}`,
          [...mine, delivery.attempts, delivery.deadAt, delivery.reason],
        );
    }
  }

  async noteTaken(endpointId: string): Promise<void> {
    await this.database.query(
      'UPDATE webhook_endpoint SET failing_since = NULL WHERE endpoint_id = $1 AND failing_since IS NOT NULL',
      [endpointId],
    );
  }

  /** @returns since when the endpoint has taken nothing, epoch ms */
  async noteFailing(endpointId: string, now: number): Promise<number> {
    const { rows } = await this.database.query<{ failing_since: string }>(
      `UPDATE webhook_endpoint SET failing_since = coalesce(failing_since, $2) WHERE endpoint_id = $1 RETURNING failing_since`,
      [endpointId, now],
    );
    return Number(rows[0]?.failing_since ?? now);
  }

  /** What waits for the endpoint is dead with it, until it is verified and revived. */
  async disable(endpointId: string, because: DisabledBecause, now: number): Promise<void> {
    await this.database.transaction(async (client) => {
      await client.query(
        `UPDATE webhook_endpoint SET state = 'disabled', disabled_because = $2 WHERE endpoint_id = $1 AND state = 'active'`,
        [endpointId, because],
      );
      await client.query(
        `UPDATE webhook_delivery SET state = 'dead', dead_at = $2, dead_because = 'endpoint_disabled'
         WHERE endpoint_id = $1 AND state = 'waiting'`,
        [endpointId, now],
      );
    });
  }

  /** @param after sequence of the last one that the reader has */
  async deadLetters(endpointId: string, { after, limit }: { after: number; limit: number }) {
    const { rows } = await this.database.query<{
      sequence: string;
      attempts: number;
      dead_at: string;
      dead_because: DeadLetter['reason'];
    }>(
      `SELECT sequence, attempts, dead_at, dead_because FROM webhook_delivery
       WHERE endpoint_id = $1 AND state = 'dead' AND sequence > $2 ORDER BY sequence LIMIT $3`,
      [endpointId, after, limit],
    );
    return rows.map(({ sequence, attempts, dead_at, dead_because }): DeadLetter => {
      return { sequence: Number(sequence), attempts, deadAt: Number(dead_at), reason: dead_because };
    });
  }

  /** Sends dead letters anew: those named, or all. @returns how many */
  async revive(endpointId: string, { sequences, now }: { sequences?: readonly number[]; now: number }) {
    const { rowCount } = await this.database.query(
      `UPDATE webhook_delivery SET state = 'waiting', attempts = 0, next_attempt_at = $2, dead_at = NULL, dead_because = NULL
       WHERE endpoint_id = $1 AND state = 'dead' AND ($3::bigint[] IS NULL OR sequence = ANY ($3))`,
      [endpointId, now, sequences ?? null],
    );
    return rowCount ?? 0;
  }
}
