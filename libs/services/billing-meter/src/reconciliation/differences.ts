/**
 * Where two links of the chain journal → archive → counts → ledger → statement say different things.
 * - `segments_missing`: the numbering of the producer shows segments that were never counted.
 * - `records_not_counted`: what the producer's segments hold, against what was counted of them, over all days.
 * - `usage_differs`, `chargeable_differs`: counts by producer against the sums that are rated.
 * - `ledger_differs`: counts against leaves of the customer's ledger.
 * - `ledger_behind`: segments that wait for the ledger; until they are in it, leaves are fewer.
 * - `statement_differs`: statements bill more of a producer's day than was counted as chargeable.
 * - `statement_lines_differ`: what statements say that they bill of producers and days, against their lines.
 * - `archive_damaged`: the raw segment cannot be read back as it was counted; `sequence` says which.
 * - `archive_differs`, `archive_chargeable_differs`: the raw segments, counted again, against the counts.
 */
export type DifferenceKind =
  | 'segments_missing'
  | 'records_not_counted'
  | 'usage_differs'
  | 'chargeable_differs'
  | 'ledger_differs'
  | 'ledger_behind'
  | 'statement_differs'
  | 'statement_lines_differ'
  | 'archive_damaged'
  | 'archive_differs'
  | 'archive_chargeable_differs';

export interface Difference {
  readonly kind: DifferenceKind;
  readonly producer?: string;
  readonly customer?: string;
  /** In Japan, `2026-10-31`. */
  readonly day?: string;
  readonly sequence?: bigint;
  /** What the link before says. */
  readonly expected: bigint;
  /** What the link after says. */
  readonly found: bigint;
}

/** Records of one customer that one producer recorded on one day. */
export interface CountedRow {
  readonly producer: string;
  readonly customer: string;
  readonly day: string;
  readonly records: bigint;
  readonly chargeable: bigint;
}

/** One state of the database. */
export interface Books {
  readonly counted: readonly CountedRow[];
  readonly leaves: readonly Omit<CountedRow, 'chargeable'>[];
  /** What rating reads, by customer and day. */
  readonly usage: readonly Omit<CountedRow, 'producer'>[];
  /** What all statements bill of a producer's day. */
  readonly billed: readonly BilledRow[];
  /** Quantities of lines by customer, those alone that have a statement or, in a closed month, usage. */
  readonly statements: readonly { readonly customer: string; readonly quantity: bigint }[];
  readonly segments: readonly { readonly producer: string; readonly recorded: bigint; readonly counted: bigint }[];
  readonly missing: readonly { readonly producer: string; readonly segments: bigint }[];
  /** Segments that wait for the customer's ledger. */
  readonly pending: readonly { readonly customer: string; readonly segments: bigint }[];
}

export interface BilledRow extends Pick<CountedRow, 'producer' | 'customer' | 'day'> {
  readonly billed: bigint;
}

/** Usage that was counted after its month was closed, and waits for the next statement: no fault. */
export type LateUsage = BilledRow & Pick<CountedRow, 'chargeable'>;

export function differencesIn(books: Books): {
  readonly differences: readonly Difference[];
  readonly late: readonly LateUsage[];
} {
  const statements = statementRows(books);
  const closed = new Set(books.statements.map(({ customer }) => customer));
  return {
    differences: [
      ...books.missing.map(({ producer, segments }) => differ('segments_missing', { producer }, [0n, segments])),
      ...books.segments.map(({ producer, recorded, counted }) =>
        differ('records_not_counted', { producer }, [recorded, counted]),
      ),
      ...usageDifferences(books),
      ...ledgerDifferences(books),
      ...statements
        .filter(({ billed, chargeable }) => billed > chargeable)
        .map(({ billed, chargeable, ...about }) => differ('statement_differs', about, [chargeable, billed])),
      ...lineDifferences(books),
    ].filter(({ expected, found }) => expected !== found),
    late: statements.filter(({ customer, billed, chargeable }) => closed.has(customer) && chargeable > billed),
  };
}

/** Raw records that were counted again, against what stands in the tables. */
export const archiveDifferences = (
  archived: readonly CountedRow[],
  counted: readonly CountedRow[],
): readonly Difference[] =>
  joined(archived, counted, rowKey)
    .flatMap(([one, other]) => {
      const { producer, customer, day } = (one ?? other) as CountedRow;
      const about = { producer, customer, day };
      return [
        differ('archive_differs', about, [one?.records ?? 0n, other?.records ?? 0n]),
        differ('archive_chargeable_differs', about, [one?.chargeable ?? 0n, other?.chargeable ?? 0n]),
      ];
    })
    .filter(({ expected, found }) => expected !== found);

function usageDifferences({ counted, usage }: Books): readonly Difference[] {
  const byDay = [...Map.groupBy(counted, dayKey).values()].map((rows) => ({
    ...(rows[0] as CountedRow),
    records: sumOf(rows, 'records'),
    chargeable: sumOf(rows, 'chargeable'),
  }));
  return joined(byDay, usage, dayKey).flatMap(([one, other]) => {
    const { customer, day } = (one ?? other) as CountedRow;
    return [
      differ('usage_differs', { customer, day }, [one?.records ?? 0n, other?.records ?? 0n]),
      differ('chargeable_differs', { customer, day }, [one?.chargeable ?? 0n, other?.chargeable ?? 0n]),
    ];
  });
}

function ledgerDifferences({ counted, leaves, pending }: Books): readonly Difference[] {
  const rows = joined<Omit<CountedRow, 'chargeable'>>(counted, leaves, rowKey).map(([one, other]) => {
    const { producer, customer, day } = (one ?? other) as CountedRow;
    return differ('ledger_differs', { producer, customer, day }, [one?.records ?? 0n, other?.records ?? 0n]);
  });
  return [...pending.map(({ customer, segments }) => differ('ledger_behind', { customer }, [0n, segments])), ...rows];
}

function statementRows({ counted, billed }: Books): readonly LateUsage[] {
  return joined<Pick<CountedRow, 'producer' | 'customer' | 'day'>>(counted, billed, rowKey).map(([one, other]) => {
    const { producer, customer, day } = (one ?? other) as CountedRow;
    const [row, bill] = [one as CountedRow | undefined, other as BilledRow | undefined];
    return { producer, customer, day, chargeable: row?.chargeable ?? 0n, billed: bill?.billed ?? 0n };
  });
}

function lineDifferences({ billed, statements }: Books): readonly Difference[] {
  const byCustomer = Map.groupBy(billed, ({ customer }) => customer);
  const lines = new Map(statements.map(({ customer, quantity }) => [customer, quantity]));
  return [...new Set([...byCustomer.keys(), ...lines.keys()])]
    .sort()
    .map((customer) =>
      differ('statement_lines_differ', { customer }, [
        sumOf(byCustomer.get(customer) ?? [], 'billed'),
        lines.get(customer) ?? 0n,
      ]),
    );
}

const rowKey = ({ producer, customer, day }: Pick<CountedRow, 'producer' | 'customer' | 'day'>): string =>
  `${day} ${producer} ${customer}`;
const dayKey = ({ customer, day }: Pick<CountedRow, 'customer' | 'day'>): string => `${day} ${customer}`;

/** Pairs by key, in the order of the keys; either side may be absent. */
function joined<T>(
  ones: readonly T[],
  others: readonly T[],
  keyOf: (row: T) => string,
): readonly (readonly [T | undefined, T | undefined])[] {
  const left = new Map(ones.map((row) => [keyOf(row), row]));
  const right = new Map(others.map((row) => [keyOf(row), row]));
  return [...new Set([...left.keys(), ...right.keys()])].sort().map((key) => [left.get(key), right.get(key)] as const);
}

const differ = (
  kind: DifferenceKind,
  about: Omit<Difference, 'kind' | 'expected' | 'found'>,
  [expected, found]: readonly [bigint, bigint],
): Difference => ({ kind, ...about, expected, found });

const sumOf = <K extends 'records' | 'chargeable' | 'billed'>(rows: readonly Record<K, bigint>[], column: K): bigint =>
  rows.reduce((sum, row) => sum + row[column], 0n);
