import { isTransient } from '@kakunin/event-transport';
import { Database, DatabaseError } from '@kakunin/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { RegistryError } from '../registry-error.ts';

/**
 * The registry's way to its database: open only when the root key fits and the data keys are loaded. pg where it is hot or set-based, Prisma for
 * what people administer.
 * @throws (every call) DatabaseError `database_unavailable` | `database_busy`; RegistryError `root_key_differs`
 */
@Injectable()
export class RegistryDatabase {
  readonly #prisma: PrismaClient;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(KeyRing) private readonly keys: KeyRing,
  ) {
    this.#prisma = new PrismaClient({ adapter: new PrismaPg(database.pool) });
  }

  /** See `Database.whenReady`. */
  whenReady(): Promise<void> {
    return this.database.whenReady();
  }

  async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    await this.keys.ensure();
    try {
      return await this.database.transaction(work);
    } catch (error) {
      if (error instanceof RegistryError && error.code === 'data_key_unknown') this.keys.expire();
      throw error;
    }
  }

  /** On a connection of its own that alone has the lock of this name; undefined: another has it. See `Database.withLock`. */
  async exclusively<T>(
    name: string,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<{ readonly result: T } | undefined> {
    await this.keys.ensure();
    return this.database.withLock(name, work);
  }

  async query<R extends QueryResultRow>(text: string, values: unknown[] = []): Promise<QueryResult<R>> {
    await this.keys.ensure();
    return this.database.query<R>(text, values);
  }

  /** As {@link query}, planned once a connection: for what is hot, where planning costs as much as running. */
  async prepared<R extends QueryResultRow>(name: string, text: string, values: unknown[]): Promise<QueryResult<R>> {
    await this.keys.ensure();
    return this.database.withClient((client) => client.query<R>({ name, text, values }));
  }

  /** All or nothing, through Prisma. */
  async administration<T>(work: (client: Prisma.TransactionClient) => Promise<T>): Promise<T> {
    await this.keys.ensure();
    try {
      return await this.#prisma.$transaction(work);
    } catch (error) {
      if (!isTransient(error)) throw error;
      throw new DatabaseError(
        'database_unavailable',
        'The database is away. Nothing was changed; try again when /readyz says that it is back.',
        { cause: error },
      );
    }
  }
}
