import { Database } from '@kakunin/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { KIND_COLUMNS } from '../metering/kind-columns.ts';
import {
  type CountKey,
  type Dimension,
  DIMENSIONS,
  firstDayOf,
  type Granularity,
  type UsageQuantity,
} from './usage-query.ts';

export interface ReportInput extends Readonly<Partial<Record<Dimension, string | undefined>>> {
  readonly by: Granularity;
  /** Days in Japan; the second is excluded. */
  readonly from: string;
  readonly to: string;
  /** What the page before ended with. */
  readonly after?: CountKey | undefined;
  readonly limit: number;
}

const COLUMNS = Object.fromEntries(KIND_COLUMNS.map(({ name, column }) => [name, column])) as Readonly<
  Record<Dimension, string>
>;

interface Source {
  readonly table: string;
  readonly start: string;
  readonly range: string;
}

const DAYS = { table: 'usage_day', range: 'day >= $1::date AND day < $2::date' };
const SOURCES: Readonly<Record<Granularity, Source>> = {
  hour: {
    table: 'usage_count',
    start: `to_char(minute AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD"T"HH24:00+09:00')`,
    range: `minute >= $1::timestamp AT TIME ZONE 'Asia/Tokyo' AND minute < $2::timestamp AT TIME ZONE 'Asia/Tokyo'`,
  },
  day: { ...DAYS, start: `to_char(day, 'YYYY-MM-DD')` },
  month: { ...DAYS, start: `to_char(day, 'YYYY-MM')` },
};

/** Parameters: from, to, limit, key of the page before, then a value or null for each dimension. */
function statementOf({ table, start, range }: Source): string {
  const columns = DIMENSIONS.map((name) => COLUMNS[name]);
  const conditions = columns.map((column, index) => `($${index + 5}::text IS NULL OR ${column} = $${index + 5})`);
  const key = [start, ...columns].join(', ');
  const after = [start, ...columns].map((_, index) => `($4::text[])[${index + 1}]`).join(', ');
  return `
    SELECT ${start} AS start, ${DIMENSIONS.map((name) => `${COLUMNS[name]} AS "${name}"`).join(', ')},
           sum(quantity)::text AS quantity
    FROM ${table}
    WHERE ${range} AND ${conditions.join(' AND ')} AND ($4::text[] IS NULL OR (${key}) > (${after}))
    GROUP BY ${key}
    ORDER BY ${key}
    LIMIT $3`;
}

const STATEMENTS: Readonly<Record<Granularity, string>> = {
  hour: statementOf(SOURCES.hour),
  day: statementOf(SOURCES.day),
  month: statementOf(SOURCES.month),
};

/** Reads what was counted, for those who want to see it before it is billed. */
@Injectable()
export class UsageReportStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** In the order of start and dimensions. @throws DatabaseError `database_unavailable` */
  async read({ by, from, to, after, limit, ...filters }: ReportInput): Promise<readonly UsageQuantity[]> {
    // What lies before the page is not read again.
    const first = after?.[0] ? firstDayOf(after[0]) : from;
    const values = DIMENSIONS.map((name) => filters[name] ?? null);
    const { rows } = await this.database.query<UsageQuantity>(STATEMENTS[by], [
      first > from ? first : from,
      to,
      limit,
      after ?? null,
      ...values,
    ]);
    return rows;
  }
}
