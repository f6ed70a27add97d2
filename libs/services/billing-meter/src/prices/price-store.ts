import { BillingError, endEntry, PriceBook, type PriceList, type PriceRecords } from '@kakunin/billing';
import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { type Actor, type AuditedAction, recordAudit } from '../database/audit.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { recordsOf, rowOf } from './mapping.ts';
import type { NewEntry, PriceEntry, PriceKind } from './price-entry.ts';

/** The issuer of the fees that this service bills; any other is the code of a platform provider that resells. */
export const FEES = '';

/** Who changes what. */
export interface Change<Kind extends PriceKind> {
  readonly issuer: string;
  readonly kind: Kind;
  readonly actor: Actor;
}

export interface End {
  readonly id: string;
  /** Epoch ms, excluded. */
  readonly validTo: number;
}

export interface Revision<Kind extends PriceKind> {
  readonly entry: NewEntry<Kind>;
  /** When the revision was recorded that it takes the place of: whoever corrects has seen what stands. */
  readonly replaces: number;
  readonly reason: string;
}

/** What the audit says of a change. */
interface About extends Partial<End>, Partial<Omit<Revision<PriceKind>, 'entry'>> {
  readonly action: 'add' | 'end' | 'revise';
  readonly id: string;
}

/**
 * The price books: revisions are only ever added, and each must leave prices without contradictions. Changes of one
 * issuer come one after the other, each recorded later than all before it, whatever the clocks say.
 */
@Injectable()
export class PriceStore {
  constructor(@Inject(AdministrationDatabase) private readonly database: AdministrationDatabase) {}

  /** All that was ever recorded. */
  book(issuer = FEES): Promise<PriceBook> {
    return this.database.transaction((client) => readBook(client, issuer));
  }

  /** What was known at an instant (epoch ms). Of one that {@link settle} returned it stays the same for ever. */
  async asKnownAt(instant: number, issuer = FEES): Promise<PriceList> {
    return (await this.book(issuer)).asKnownAt(instant);
  }

  /** What is known now. */
  read(issuer = FEES): Promise<PriceList> {
    return this.asKnownAt(Number.POSITIVE_INFINITY, issuer);
  }

  /**
   * Settles what is known: whatever is recorded after this returned bears a later instant than the one returned.
   * @param at epoch ms
   * @returns `at`, or when the latest revision was recorded, if that is later
   */
  settle(at: number, issuer = FEES): Promise<number> {
    return this.database.transaction((client) => moveOn(client, { issuer, at, step: 0 }));
  }

  /** @throws BillingError `duplicate_id` and those of {@link PriceBook.record} */
  add<Kind extends PriceKind>(entry: NewEntry<Kind>, change: Change<Kind>): Promise<PriceEntry<Kind>> {
    return this.#record(change, { action: 'add', id: entry.id }, (before, recordedAt) => {
      if (before) throw new BillingError('duplicate_id', `The id ${entry.id} is taken: choose another.`);
      return { ...entry, recordedAt } as PriceEntry<Kind>;
    });
  }

  /** @throws BillingError `invalid_validity` and those of {@link PriceBook.record}; NotFoundException */
  end<Kind extends PriceKind>({ id, validTo }: End, change: Change<Kind>): Promise<PriceEntry<Kind>> {
    return this.#record(change, { action: 'end', id, validTo }, (before, recordedAt) =>
      endEntry(existing(before, id), validTo, recordedAt),
    );
  }

  /** @throws BillingError `superseded_revision` and those of {@link PriceBook.record}; NotFoundException */
  revise<Kind extends PriceKind>(
    { entry, replaces, reason }: Revision<Kind>,
    change: Change<Kind>,
  ): Promise<PriceEntry<Kind>> {
    return this.#record(change, { action: 'revise', id: entry.id, replaces, reason }, (before, recordedAt) => {
      if (existing(before, entry.id).recordedAt === replaces) return { ...entry, recordedAt } as PriceEntry<Kind>;
      throw new BillingError(
        'superseded_revision',
        `${entry.id} was revised meanwhile: look at its latest revision, and correct that one.`,
      );
    });
  }

  #record<Kind extends PriceKind>(
    { issuer, kind, actor }: Change<Kind>,
    { action, ...subject }: About,
    make: (before: PriceEntry<Kind> | undefined, recordedAt: number) => PriceEntry<Kind>,
  ): Promise<PriceEntry<Kind>> {
    return this.database.transaction(async (client) => {
      const recordedAt = await moveOn(client, { issuer, at: actor.at, step: 1 });
      const book = await readBook(client, issuer);
      const known: readonly PriceEntry<Kind>[] = book.asKnownAt(recordedAt)[`${kind}s`];
      const entry = make(
        known.find(({ id }) => id === subject.id),
        recordedAt,
      );
      book.record({ [`${kind}s`]: [entry] } as Partial<PriceRecords>);
      await client.priceRevision.create({ data: rowOf(issuer, kind, entry) });
      const audited: AuditedAction = `${kind}.${action}`;
      await recordAudit(client, actor, {
        action: audited,
        subject: { ...subject, ...(issuer !== FEES && { issuer }) },
      });
      return entry;
    });
  }
}

/**
 * Takes the lock of the book until the transaction ends, and moves the book on.
 * @param step ms after what is known already, at least
 */
async function moveOn(
  client: Prisma.TransactionClient,
  { issuer, at, step }: { readonly issuer: string; readonly at: number; readonly step: 0 | 1 },
): Promise<number> {
  const rows = await client.$queryRaw<{ known_until: Date }[]>`
    INSERT INTO price_book VALUES (${issuer}, ${new Date(at)})
    ON CONFLICT (issuer) DO UPDATE SET known_until =
      greatest(excluded.known_until, price_book.known_until + ${step} * interval '1 millisecond')
    RETURNING known_until`;
  return (rows[0] as { known_until: Date }).known_until.getTime();
}

async function readBook(client: Prisma.TransactionClient, issuer: string): Promise<PriceBook> {
  const orderBy: Prisma.PriceRevisionOrderByWithRelationInput[] = [{ recordedAt: 'asc' }, { id: 'asc' }];
  return new PriceBook(recordsOf(await client.priceRevision.findMany({ where: { issuer }, orderBy })));
}

function existing<T>(entry: T | undefined, id: string): T {
  if (entry === undefined) throw new NotFoundException(`Nothing is recorded under the id ${id}.`);
  return entry;
}
