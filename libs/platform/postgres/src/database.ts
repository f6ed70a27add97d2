import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DatabaseError } from './database-error.ts';
import { applyMigrations } from './migrations.ts';

export interface DatabaseOptions {
  /** `postgresql://user:password@host:port/database` */
  readonly url: string;
  /** Prisma's `prisma/migrations`; see `migrationsOf`. */
  readonly migrationsDirectory: string;
  /** Most connections at once. */
  readonly maxConnections?: number;
  /** How long to wait for a connection, a new one or one that others use now; default 5,000. */
  readonly patienceMilliseconds?: number;
  /** Told when the database cannot be reached or migrated; a further try follows by itself. */
  readonly onFault?: (error: unknown) => void;
}

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
/** The server gives the advisory locks of a machine that vanished back after half a minute, not after two hours. */
const KEEPALIVE = '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';
/** A lock is the hash of its name; names that share one would only keep each other out for a while. */
const LOCK = 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held';
const UNLOCK = 'SELECT pg_advisory_unlock(hashtextextended($1, 0))';
/** Prisma's adapter takes the text of a timestamp for UTC, whatever zone the server shows it in. */
const SESSION = `${KEEPALIVE} -c timezone=UTC`;
/** SQLSTATE: a lock was not given within `lock_timeout`. */
const LOCK_NOT_AVAILABLE = '55P03';
/** Errors of PostgreSQL (SQLSTATE classes) and of sockets that mean "away", not "wrong". */
const AWAY = /^(08|57P0|53300|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EAI_AGAIN)/;

/**
 * A pool of connections to one service's database. It connects and migrates in the background: a database that is
 * away at start, or goes away later, is normal; until it is back, work on it fails with `database_unavailable`.
 */
export class Database {
  readonly pool: pg.Pool;
  readonly #options: DatabaseOptions;
  readonly #ready: Promise<void>;
  readonly #closing = new AbortController();
  #migrated = false;
  #fault: string | undefined = 'not connected yet';

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.maxConnections ?? 10,
      connectionTimeoutMillis: options.patienceMilliseconds ?? 5_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 15_000,
      options: SESSION,
    });
    // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
    this.pool.on('error', (error) => this.#noteLostConnection(error));
    this.#ready = this.#migrateUntilDone();
    // Who needs the outcome awaits whenReady(); closing before that is no unhandled rejection.
    this.#ready.catch(() => undefined);
  }

  /** Resolves when the schema stands; rejects only when closed before, or with `migration_changed`/`migration_failed`. */
  whenReady(): Promise<void> {
    return this.#ready;
  }

  /** For `/readyz`: undefined when well, else what is wrong. */
  get fault(): string | undefined {
    return this.#fault;
  }

  isReady(): boolean {
    return this.#migrated;
  }

  /** Runs `work` in one transaction, see {@link withClient}. @throws what `work` throws, after a rollback */
  async transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return this.withClient(async (client) => {
      await client.query('BEGIN');
      try {
        const result = await work(client);
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  /** As {@link transaction}, on one state of the database: what others commit meanwhile is not seen. */
  snapshot<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return this.transaction(async (client) => {
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      return work(client);
    });
  }

  /**
   * Runs `work` on one connection.
   * @throws DatabaseError `database_unavailable`; `database_busy` when all connections, or a lock, are in use for too long
   */
  async withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    if (!this.#migrated) throw unavailable(this.#fault);
    let broken: Error | undefined;
    const client = await this.#connect();
    const onError = (error: Error): void => void (broken = error);
    client.on('error', onError);
    try {
      const result = await work(client);
      this.#fault = undefined;
      return result;
    } catch (error) {
      if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) throw busy(error);
      if (!isAway(error)) throw error;
      broken = error as Error;
      this.#noteFault(error);
      throw unavailable(error);
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  /**
   * Runs `work` on a connection that holds the advisory lock of this name, which one connection to the database has at a
   * time. The lock ends with its connection, so whoever dies holds up nobody.
   * @returns undefined, and runs nothing, while another has the lock
   * @throws DatabaseError `database_unavailable`; what `work` throws
   */
  withLock<T>(name: string, work: (client: pg.PoolClient) => Promise<T>): Promise<{ readonly result: T } | undefined> {
    return this.withClient(async (client) => {
      const { rows } = await client.query<{ held: boolean }>(LOCK, [name]);
      if (!rows[0]?.held) return undefined;
      try {
        return { result: await work(client) };
      } finally {
        // The error of `work` matters more. A connection that may still hold the lock must not go back to the pool.
        await client.query(UNLOCK, [name]).catch((error: Error) => void client.emit('error', error));
      }
    });
  }

  /** One statement on any connection. @throws DatabaseError `database_unavailable` | `database_busy` */
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>> {
    return this.withClient((client) => client.query<R>(text, values));
  }

  /** Asks the database whether it is there; keeps `fault` honest while nobody else uses it. */
  async ping(): Promise<void> {
    await this.query('SELECT 1').catch((error: unknown) => {
      // Of connections that are all in use for so long, nobody can tell whether the database still answers.
      if ((error as DatabaseError).code === 'database_busy') this.#noteFault(error);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#ready.catch(() => undefined);
    await this.pool.end();
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      // The pool's words for: all connections were in use for as long as that.
      if ((error as Error).message === 'timeout exceeded when trying to connect') throw busy(error);
      this.#noteFault(error);
      throw unavailable(error);
    }
  }

  async #migrateUntilDone(): Promise<void> {
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      try {
        const client = await this.pool.connect();
        try {
          await applyMigrations(client, this.#options.migrationsDirectory);
        } finally {
          client.release();
        }
        this.#migrated = true;
        this.#fault = undefined;
        return;
      } catch (error) {
        this.#noteFault(error);
        if (error instanceof DatabaseError) throw error;
      }
      await sleep(wait, undefined, { signal: this.#closing.signal });
    }
  }

  /** The pool hangs its client on the error, keys of the connection included: that is for no log. */
  #noteLostConnection(error: Error & { client?: unknown }): void {
    delete error.client;
    // A database that stops while we close takes the last connections along, which is no fault.
    if (!this.#closing.signal.aborted) this.#noteFault(error);
  }

  #noteFault(error: unknown): void {
    this.#fault = error instanceof Error ? error.message || error.name : String(error);
    this.#options.onFault?.(error);
  }
}

/** True for errors that say the database is away (network, shutdown, too many connections), not that the work is wrong. */
export function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return AWAY.test(code);
  return typeof message === 'string' && /connection (terminated|timeout|ended|error)|timeout exceeded/i.test(message);
}

const busy = (cause?: unknown): DatabaseError =>
  new DatabaseError(
    'database_busy',
    'The database has more to do than it can at present. Nothing was changed; try again after a moment.',
    { cause },
  );

function unavailable(cause: unknown): DatabaseError {
  return new DatabaseError(
    'database_unavailable',
    'The database is away. Nothing was changed; try again when /readyz says that it is back.',
    { cause },
  );
}
