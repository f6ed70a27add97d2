import type { CustomerSegment, ProducerDay, TalliedKind, UsageTally } from '@kakunin/billing';
import type { UsageKind } from '@kakunin/usage';
import type { PoolClient } from 'pg';
import { countFirstChecks, type FirstCheckCounts } from './first-checks.ts';
import { KIND_COLUMNS } from './kind-columns.ts';

/*
 * What a batch adds to the tables of counts, each in one statement. Rows are taken in the order of their key, and tables
 * in one order, so that two meters with the same rows cannot deadlock. Two kinds may be the same text (octets that are no
 * UTF-8): the statement sums them up.
 */

const KIND = KIND_COLUMNS.map(({ column }) => column).join(', ');
/** $1 to $8 are the columns of the kinds, which the rows name by ordinal, from 1. */
const KINDS = `
  kind AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
      WITH ORDINALITY AS given (${KIND}, ordinal)
  )`;

const ADD_MINUTES = `
  WITH ${KINDS}
  INSERT INTO usage_count AS known (minute, ${KIND}, quantity)
  SELECT to_timestamp(given.minute * 60), ${KIND}, sum(given.quantity)
  FROM unnest($9::bigint[], $10::bigint[], $11::bigint[]) AS given (ordinal, minute, quantity)
  JOIN kind USING (ordinal)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ON CONFLICT (minute, ${KIND}) DO UPDATE SET quantity = known.quantity + excluded.quantity`;

/** A sum with an unknown part is unknown: a day whose first checks were not counted from its beginning never looks counted. */
const ADD_DAYS = `
  WITH ${KINDS}
  INSERT INTO usage_day AS known (day, ${KIND}, quantity, first_month, first_year)
  SELECT given.day, ${KIND}, sum(given.quantity),
         CASE WHEN bool_and(given.first_month IS NOT NULL) THEN sum(given.first_month) END,
         CASE WHEN bool_and(given.first_year IS NOT NULL) THEN sum(given.first_year) END
  FROM unnest($9::bigint[], $10::date[], $11::bigint[], $12::bigint[], $13::bigint[])
    AS given (ordinal, day, quantity, first_month, first_year)
  JOIN kind USING (ordinal)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ON CONFLICT (day, ${KIND}) DO UPDATE SET
    quantity = known.quantity + excluded.quantity,
    first_month = known.first_month + excluded.first_month,
    first_year = known.first_year + excluded.first_year`;

const ADD_PRODUCER_DAYS = `
  INSERT INTO usage_producer_day AS known (day, producer, platform_provider, records, chargeable)
  SELECT * FROM unnest($1::date[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
  ORDER BY 1, 2, 3
  ON CONFLICT (day, producer, platform_provider) DO UPDATE SET
    records = known.records + excluded.records,
    chargeable = known.chargeable + excluded.chargeable`;

const ADD_PENDING = `
  INSERT INTO ledger_pending (customer, producer, sequence, earliest_day)
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::date[])
  ORDER BY 1, 2, 3`;

/** All that a batch adds, but for its segments and producers. */
export async function addUsage(client: PoolClient, tally: UsageTally): Promise<void> {
  const kinds = tally.kinds();
  const firstChecks = await countFirstChecks(client, kinds);
  const columns = columnsOf(kinds.map(({ kind }) => kind));
  await addPending(client, tally.customerSegments());
  await addProducerDays(client, tally.producerDays());
  await client.query(ADD_DAYS, [...columns, ...dayColumns(kinds, firstChecks)]);
  await client.query(ADD_MINUTES, [...columns, ...minuteColumns(kinds)]);
}

async function addPending(client: PoolClient, customerSegments: readonly CustomerSegment[]): Promise<void> {
  await client.query(ADD_PENDING, [
    customerSegments.map(({ customer }) => customer),
    customerSegments.map(({ producer }) => producer),
    arrayOf(customerSegments.map(({ sequence }) => sequence)),
    customerSegments.map(({ earliestDate }) => earliestDate),
  ]);
}

async function addProducerDays(client: PoolClient, rows: readonly ProducerDay[]): Promise<void> {
  await client.query(ADD_PRODUCER_DAYS, [
    arrayOf(rows.map(({ date }) => date)),
    rows.map(({ producer }) => producer),
    rows.map(({ customer }) => customer),
    arrayOf(rows.map(({ records }) => records)),
    arrayOf(rows.map(({ chargeable }) => chargeable)),
  ]);
}

const columnsOf = (kinds: readonly UsageKind[]): string[][] =>
  KIND_COLUMNS.map(({ property }) => kinds.map((kind) => kind[property]));

function dayColumns(kinds: readonly TalliedKind[], firstChecks: FirstCheckCounts): string[] {
  const rows = kinds.flatMap(({ days }, index) => days.map((day) => ({ ordinal: index + 1, day })));
  return [
    arrayOf(rows.map(({ ordinal }) => ordinal)),
    arrayOf(rows.map(({ day }) => day.date)),
    arrayOf(rows.map(({ day }) => day.quantity)),
    arrayOf(rows.map(({ day }) => firstChecks.get(day)?.month ?? null)),
    arrayOf(rows.map(({ day }) => firstChecks.get(day)?.year ?? null)),
  ];
}

function minuteColumns(kinds: readonly TalliedKind[]): string[] {
  const rows = kinds.flatMap(({ minutes }, index) => minutes.map((minute) => ({ ordinal: index + 1, ...minute })));
  return [
    arrayOf(rows.map(({ ordinal }) => ordinal)),
    arrayOf(rows.map(({ minute }) => minute / 60_000)),
    arrayOf(rows.map(({ quantity }) => quantity)),
  ];
}

/** PostgreSQL's form of an array of what needs no quotes: pg's own, which looks at each element, takes ten times as long. */
const arrayOf = (values: readonly (number | bigint | string | null)[]): string =>
  `{${values.map((value) => value ?? 'NULL').join(',')}}`;
