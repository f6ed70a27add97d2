import { isTransient } from '@kakunin/event-transport';
import { Database, DatabaseError } from '@kakunin/postgres';
import { PrismaPg } from '@prisma/adapter-pg';
import { Inject, Injectable } from '@nestjs/common';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';

/** Prisma on the service's own pool, for what people administer; hot and set-based SQL goes to `Database` itself. */
@Injectable()
export class AdministrationDatabase {
  readonly #prisma: PrismaClient;

  constructor(@Inject(Database) private readonly database: Database) {
    this.#prisma = new PrismaClient({ adapter: new PrismaPg(database.pool) });
  }

  /** All or nothing. @throws DatabaseError `database_unavailable`; what `work` throws */
  async transaction<T>(work: (client: Prisma.TransactionClient) => Promise<T>): Promise<T> {
    if (!this.database.isReady()) throw unavailable();
    try {
      return await this.#prisma.$transaction(work);
    } catch (error) {
      throw isTransient(error) ? unavailable(error) : error;
    }
  }
}

const unavailable = (cause?: unknown): DatabaseError =>
  new DatabaseError(
    'database_unavailable',
    'The database is away. Nothing was changed; try again when /readyz says that it is back.',
    { cause },
  );
