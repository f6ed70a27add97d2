import { parseClosedStatement } from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { csvHeader, csvRow, FOCUS_COLUMNS, focusCharges, isoJst, LINE_COLUMNS } from '@kakunin/statement-documents';
import { Inject, Injectable } from '@nestjs/common';
import { MonthStore } from '../statements/month-store.ts';
import { LINE_COLUMNS as ROW_COLUMNS, type LineRow, lineOfRow } from '../statements/statement-rows.ts';

/** By customer and ordinal, after a key. What is closed does not change: pages are as good as one snapshot. */
const LINES = `
  SELECT ordinal, number, closed_at, ${ROW_COLUMNS.split(', ')
    .map((name) => `line.${name}`)
    .join(', ')}
  FROM statement_line AS line JOIN statement USING (period, customer)
  WHERE period = $1 AND ($2::text IS NULL OR line.customer = $2) AND (line.customer, ordinal) > ($3, $4)
  ORDER BY line.customer, ordinal LIMIT $5`;

const STATEMENTS = `
  SELECT customer, content, encode(content_hash, 'hex') AS content_hash, signature FROM statement
  WHERE period = $1 AND ($2::text IS NULL OR customer = $2) AND customer > $3
  ORDER BY customer LIMIT 1`;

const LINES_AT_ONCE = 5_000;

interface ExportedRow extends LineRow {
  readonly ordinal: number;
  readonly number: string;
  readonly closed_at: Date;
}

export interface ClosedExportInput {
  readonly period: BillingPeriod;
  /** Absent: all. */
  readonly customer?: string;
}

/** All statements of a closed month, piece by piece: memory holds one page of lines, or one statement. */
@Injectable()
export class ClosedExports {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(MonthStore) private readonly months: MonthStore,
  ) {}

  /** @returns undefined: the month is not closed */
  async of({
    format,
    ...wanted
  }: ClosedExportInput & { readonly format: 'csv' | 'focus' | 'json' }): Promise<AsyncIterable<string> | undefined> {
    const month = await this.months.read(wanted.period);
    if (month.state !== 'closed') return undefined;
    if (format === 'json') return this.#json({ ...wanted, closedAt: month.closedAt });
    return format === 'csv' ? this.#csv(wanted) : this.#focus(wanted);
  }

  async *#csv({ period, customer }: ClosedExportInput): AsyncGenerator<string> {
    yield csvHeader(LINE_COLUMNS);
    let after: readonly [string, number] = ['', 0];
    for (;;) {
      const { rows } = await this.database.query<ExportedRow>(LINES, [
        period,
        customer ?? null,
        ...after,
        LINES_AT_ONCE,
      ]);
      yield rows
        .map((row) => {
          const document = { kind: 'statement' as const, number: row.number };
          const about = { period, state: 'closed' as const, asOf: row.closed_at.getTime(), document };
          return csvRow(LINE_COLUMNS, { ...about, line: lineOfRow(row) });
        })
        .join('');
      const last = rows.at(-1);
      if (!last || rows.length < LINES_AT_ONCE) return;
      after = [last.customer, last.ordinal];
    }
  }

  async *#focus(input: ClosedExportInput): AsyncGenerator<string> {
    yield csvHeader(FOCUS_COLUMNS);
    for await (const { content } of this.#statements(input)) {
      const statement = parseClosedStatement(content);
      const lines = statement.lines.map((line) => ({ line }));
      const charges = focusCharges({ ...statement, kind: 'invoice', lines });
      yield charges.map((charge) => csvRow(FOCUS_COLUMNS, charge)).join('');
    }
  }

  /** Each statement as it was signed: `content` is the text that hash and signature are over. */
  async *#json(input: ClosedExportInput & { readonly closedAt: number }): AsyncGenerator<string> {
    const { period, closedAt } = input;
    const head = { period, timeZone: 'Asia/Tokyo', currency: 'JPY', state: 'closed', asOf: isoJst(closedAt) };
    yield `${JSON.stringify(head).slice(0, -1)},\n"statements":[`;
    let separator = '\n';
    for await (const { content, content_hash, signature } of this.#statements(input)) {
      const proof = `"contentHash":"${content_hash}","signature":"${signature.toString('base64')}"`;
      yield `${separator}{${proof},"content":${content.toString('utf8')}}`;
      separator = ',\n';
    }
    yield ']}\n';
  }

  async *#statements({ period, customer }: ClosedExportInput): AsyncGenerator<StatementContent> {
    let after = '';
    for (;;) {
      const { rows } = await this.database.query<StatementContent>(STATEMENTS, [period, customer ?? null, after]);
      const [row] = rows;
      if (!row) return;
      yield row;
      after = row.customer;
    }
  }
}

interface StatementContent {
  readonly customer: string;
  readonly content: Buffer;
  readonly content_hash: string;
  readonly signature: Buffer;
}
