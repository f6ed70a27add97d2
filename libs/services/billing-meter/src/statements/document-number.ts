import type { PoolClient } from 'pg';
import { calendarYearOf } from '@kakunin/calendar';

const NEXT = `
  INSERT INTO document_number AS known (series, issuer, year, last) VALUES ($1, $2, $3, 1)
  ON CONFLICT (series, issuer, year) DO UPDATE SET last = known.last + 1
  RETURNING last`;

const PREFIX = { statement: '', credit_note: 'R' } as const;

export interface Numbered {
  readonly series: keyof typeof PREFIX;
  /** Registration number of the issuer. */
  readonly issuer: string;
  /** Epoch ms; its year in Japan is that of the number. */
  readonly at: number;
}

/** The next number, such as `2026-000001`; free again when the transaction is rolled back. */
export async function nextNumber(client: PoolClient, { series, issuer, at }: Numbered): Promise<string> {
  const year = calendarYearOf(at);
  const { rows } = await client.query<{ last: string }>(NEXT, [series, issuer, year]);
  return `${PREFIX[series]}${year}-${String(rows[0]?.last).padStart(6, '0')}`;
}
