import type { BillingPeriod } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { SegmentArchive } from '../metering/segment-archive.ts';
import { ArchiveRecount, type RecountProgress } from './archive-recount.ts';
import { readBooks } from './book-reads.ts';
import {
  archiveDifferences,
  type Books,
  type CountedRow,
  type Difference,
  differencesIn,
  type LateUsage,
} from './differences.ts';

/** What one producer recorded on one day, at each link of the chain. */
export interface ReconciledDay {
  readonly producer: string;
  readonly day: string;
  /** In the raw segments; absent: they were not read. */
  readonly archived?: bigint;
  readonly counted: bigint;
  readonly leaves: bigint;
  readonly chargeable: bigint;
  /** By all statements; absent: none of the month is closed. */
  readonly billed?: bigint;
}

export interface Reconciliation {
  readonly period: BillingPeriod;
  /** By producer and day. */
  readonly days: readonly ReconciledDay[];
  /** By customer: chargeable checks of the month, and how many of them statements bill; without `billed` none is closed. */
  readonly customers: readonly { readonly customer: string; readonly chargeable: bigint; readonly billed?: bigint }[];
  readonly differences: readonly Difference[];
  readonly late: readonly LateUsage[];
}

/** Holds journal, archive, counts, ledger and statements of a month against each other. */
@Injectable()
export class Reconciler {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(SegmentArchive) private readonly archive: SegmentArchive,
  ) {}

  /** By what the tables say. */
  reconcile(period: BillingPeriod): Promise<Reconciliation> {
    return this.database.snapshot(async (client) => reconciliationOf(period, await readBooks(client, period)));
  }

  /**
   * Also reads every raw segment of the month again.
   * @param onProgress awaited: who reads slowly is waited for
   */
  reconcileDeep(
    period: BillingPeriod,
    onProgress: (progress: RecountProgress) => Promise<void>,
  ): Promise<Reconciliation> {
    return this.database.snapshot(async (client) => {
      const books = await readBooks(client, period);
      const recount = new ArchiveRecount(this.archive, period);
      for await (const progress of recount.run(client)) await onProgress(progress);
      const found = reconciliationOf(period, books, recount.rows);
      const differences = [
        ...found.differences,
        ...recount.damaged,
        ...archiveDifferences(recount.rows, books.counted),
      ];
      return { ...found, differences };
    });
  }
}

function reconciliationOf(period: BillingPeriod, books: Books, archived?: readonly CountedRow[]): Reconciliation {
  const days = new Map<string, ReconciledDay>();
  const dayOf = ({ producer, day }: Pick<CountedRow, 'producer' | 'day'>): ReconciledDay =>
    days.get(`${producer} ${day}`) ?? {
      producer,
      day,
      ...(archived && { archived: 0n }),
      counted: 0n,
      leaves: 0n,
      chargeable: 0n,
      ...(books.statements.length > 0 && { billed: 0n }),
    };
  const note = (known: ReconciledDay): unknown => days.set(`${known.producer} ${known.day}`, known);
  for (const row of archived ?? []) {
    const known = dayOf(row);
    note({ ...known, archived: (known.archived ?? 0n) + row.records });
  }
  for (const row of books.counted) {
    const known = dayOf(row);
    note({ ...known, counted: known.counted + row.records, chargeable: known.chargeable + row.chargeable });
  }
  for (const row of books.leaves) {
    const known = dayOf(row);
    note({ ...known, leaves: known.leaves + row.records });
  }
  for (const row of books.billed) {
    const known = dayOf(row);
    note({ ...known, billed: (known.billed ?? 0n) + row.billed });
  }
  return {
    period,
    days: [...days.keys()].sort().flatMap((key) => days.get(key) ?? []),
    customers: customersOf(books),
    ...differencesIn(books),
  };
}

function customersOf({ counted, statements }: Books): Reconciliation['customers'] {
  const quantities = new Map(statements.map(({ customer, quantity }) => [customer, quantity]));
  const customers = new Set([...counted.map(({ customer }) => customer), ...quantities.keys()]);
  return [...customers].sort().map((customer) => {
    const quantity = quantities.get(customer);
    const own = counted.filter((row) => row.customer === customer);
    const chargeable = own.reduce((sum, row) => sum + row.chargeable, 0n);
    return { customer, chargeable, ...(quantity !== undefined && { billed: quantity }) };
  });
}
