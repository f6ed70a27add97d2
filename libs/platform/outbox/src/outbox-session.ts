import type { Database } from '@kakunin/postgres';
import type { NewEvent } from '@kakunin/event-log';
import { identityHeaders } from '@kakunin/event-log';
import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import { OUTBOX_CHANNEL, RELAY_LOCK } from './append-to-outbox.ts';

interface Row {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly value: string;
}

/** Events that wait, lowest id first. */
export interface Waiting {
  readonly ids: readonly string[];
  readonly events: readonly NewEvent[];
}

/**
 * One connection to the outbox. It leads when it holds the lock, of which there is one: the lock ends with the
 * connection, so a relay that lost its connection leads no more.
 */
export class OutboxSession {
  readonly #client: PoolClient;
  readonly #producer: string;
  readonly #answerLimit: number;
  #wake: (() => void) | undefined;
  #pendingWake = false;
  #broken: Error | undefined;

  private constructor(client: PoolClient, producer: string, answerLimit: number) {
    this.#client = client;
    this.#answerLimit = answerLimit;
    this.#producer = producer;
    client.on('notification', () => this.wake());
    client.on('error', (error) => {
      this.#broken = error;
      this.wake();
    });
  }

  /** @param answerLimit milliseconds that a statement may take: a connection that broke without a word must not keep the lead */
  static async open(database: Database, answerLimit: number): Promise<OutboxSession> {
    await database.whenReady();
    const client = await database.pool.connect();
    try {
      await client.query(`LISTEN ${OUTBOX_CHANNEL}`);
      const { rows } = await client.query<{ producer: string }>('SELECT producer FROM outbox_producer');
      return new OutboxSession(client, rows[0]!.producer, answerLimit);
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** True when this session has become the one that publishes, or is it already. */
  async lead(): Promise<boolean> {
    const { rows } = await this.#query<{ leads: boolean }>('SELECT pg_try_advisory_lock($1, 0) AS leads', [RELAY_LOCK]);
    return rows[0]!.leads;
  }

  async waiting(limit: number): Promise<Waiting> {
    const { rows } = await this.#query<Row>(
      'SELECT id, topic, key, value FROM outbox_event ORDER BY id LIMIT $1',
      [limit],
      'outbox-waiting',
    );
    const events = rows.map(({ id, topic, key, value }) => ({
      topic,
      key,
      value: Buffer.from(value, 'utf8'),
      headers: identityHeaders({ producer: this.#producer, sequence: BigInt(id) }),
    }));
    return { ids: rows.map(({ id }) => id), events };
  }

  /** The highest id that can be seen now; 0 when nothing waits. */
  async lastId(): Promise<bigint> {
    const { rows } = await this.#query<{ last: string }>('SELECT coalesce(max(id), 0) AS last FROM outbox_event');
    return BigInt(rows[0]!.last);
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.#query('DELETE FROM outbox_event WHERE id = ANY ($1::bigint[])', [ids]);
  }

  /** Resolves when something was appended, when woken, or after the time. @throws what broke the connection */
  async untilWoken(milliseconds: number): Promise<void> {
    if (!this.#pendingWake) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = resolve;
      await promise;
      clearTimeout(timer);
    }
    this.#pendingWake = false;
    if (this.#broken) throw this.#broken;
  }

  wake(): void {
    this.#pendingWake = true;
    this.#wake?.();
  }

  #query<R extends QueryResultRow>(text: string, values: unknown[] = [], name?: string): Promise<QueryResult<R>> {
    // pg knows the limit of one statement, its types do not.
    const statement = { text, values, ...(name && { name }), query_timeout: this.#answerLimit };
    return this.#client.query<R>(statement);
  }

  /** Ends the connection, and with it the lock. */
  close(): void {
    this.#client.release(true);
  }
}
