import { type ClosedStatement, documentOctets, parseClosedStatement, type StatementLine } from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { DocumentSigner } from '@kakunin/signing-keys';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { LINE_COLUMNS, type LineRow, lineOfRow, rowOfLine } from './statement-rows.ts';

const INSERT_LINES = `
  INSERT INTO statement_line (period, customer, ordinal, kind, service_provider, usage_period, certificate_class,
    carrier, channel, purpose, unit_price, tier, tariff_id, waiver_id, tax_category, quantity, list_amount,
    waiver_amount, amount_due)
  SELECT $1, $2, given.* FROM json_to_recordset($3::json) AS given (
    ordinal integer, kind text, service_provider text, usage_period text, certificate_class text, carrier text,
    channel text, purpose text, unit_price bigint, tier integer, tariff_id text, waiver_id text, tax_category text,
    quantity bigint, list_amount bigint, waiver_amount bigint, amount_due bigint)`;

const INSERT_STATEMENT = `
  INSERT INTO statement (period, customer, issuer, number, prices_known_at, closed_at, content, content_hash, signature, line_count,
    quantity, list_amount, waiver_amount, amount_due, tax_amount, amount_with_tax)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;

/** By period and customer, after a key; one more than asked for says that there are more. */
const LIST = `
  SELECT period, customer, number, closed_at, encode(content_hash, 'hex') AS content_hash, line_count, quantity,
         list_amount, waiver_amount, amount_due, tax_amount, amount_with_tax
  FROM statement
  WHERE ($1::text IS NULL OR period = $1) AND ($2::text IS NULL OR customer = $2) AND (period, customer) > ($3, $4)
  ORDER BY period, customer LIMIT $5`;

const DOCUMENT = 'SELECT content, signature FROM statement WHERE period = $1 AND customer = $2';

/** Whatever the document says, but for its lines, which may be many. */
const HEAD = `
  SELECT convert_from(content, 'UTF8')::jsonb - 'lines' AS content, encode(content_hash, 'hex') AS content_hash, signature
  FROM statement WHERE period = $1 AND customer = $2`;

const LINES = `
  SELECT ordinal, ${LINE_COLUMNS} FROM statement_line
  WHERE period = $1 AND customer = $2 AND ordinal > $3 ORDER BY ordinal LIMIT $4`;

/** Lines of one insert: as much as the server takes at once without growing. */
const LINES_AT_ONCE = 5_000;

export interface StatementKey {
  readonly period: BillingPeriod;
  readonly customer: string;
}

/** A document as it was issued. */
export interface SignedDocument {
  /** What the hash is over, and what is signed: see `documentOctets`. */
  readonly octets: Buffer;
  /** Ed25519, 64 octets. */
  readonly signature: Buffer;
}

/** A row of {@link StatementStore.list}; money as decimal strings. */
export interface StatementRow extends StatementKey {
  readonly number: string;
  readonly closed_at: Date;
  readonly content_hash: string;
  readonly line_count: number;
  readonly quantity: string;
  readonly list_amount: string;
  readonly waiver_amount: string;
  readonly amount_due: string;
  readonly tax_amount: string;
  readonly amount_with_tax: string;
}

/** Closed statements: added once, and then only read. */
@Injectable()
export class StatementStore {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(DocumentSigner) private readonly signer: DocumentSigner,
  ) {}

  /** Signs and keeps it. */
  async add(client: PoolClient, statement: ClosedStatement): Promise<void> {
    const { period, customer, lines, totals, tax } = statement;
    for (let start = 0; start < lines.length; start += LINES_AT_ONCE) {
      const part = lines.slice(start, start + LINES_AT_ONCE);
      const rows = part.map((line, index) => rowOfLine(line, start + index + 1));
      await client.query(INSERT_LINES, [period, customer, JSON.stringify(rows)]);
    }
    const octets = documentOctets(statement);
    await client.query(INSERT_STATEMENT, [
      period,
      customer,
      statement.issuer.registrationNumber,
      statement.number,
      new Date(statement.pricesKnownAt),
      new Date(statement.closedAt),
      octets,
      Buffer.from(statement.contentHash, 'hex'),
      this.signer.sign(octets),
      lines.length,
      totals.quantity,
      totals.listAmount,
      totals.waiverAmount,
      totals.amountDue,
      tax.taxAmount,
      tax.amountWithTax,
    ]);
  }

  /** @param after key of the last one before; @returns up to `limit` */
  async list(filter: Partial<StatementKey>, limit: number, after?: StatementKey): Promise<readonly StatementRow[]> {
    const { rows } = await this.database.query<StatementRow>(LIST, [
      filter.period ?? null,
      filter.customer ?? null,
      after?.period ?? '',
      after?.customer ?? '',
      limit,
    ]);
    return rows;
  }

  async document({ period, customer }: StatementKey): Promise<SignedDocument | undefined> {
    const { rows } = await this.database.query<{ content: Buffer; signature: Buffer }>(DOCUMENT, [period, customer]);
    return rows[0] && { octets: rows[0].content, signature: rows[0].signature };
  }

  /** The statement without its lines, as JSON, with hash and signature (base64). */
  async head({ period, customer }: StatementKey): Promise<object | undefined> {
    const { rows } = await this.database.query<HeadRow>(HEAD, [period, customer]);
    const [row] = rows;
    return row && { ...row.content, contentHash: row.content_hash, signature: row.signature.toString('base64') };
  }

  /** As it was closed. */
  async read(key: StatementKey): Promise<ClosedStatement | undefined> {
    const document = await this.document(key);
    return document && parseClosedStatement(document.octets);
  }

  /** @param after ordinal of the last line before, from 1; 0: from the first */
  async lines({ period, customer }: StatementKey, after: number, limit: number): Promise<readonly NumberedLine[]> {
    const { rows } = await this.database.query<LineRow & { ordinal: number }>(LINES, [period, customer, after, limit]);
    return rows.map((row) => ({ ...lineOfRow(row), ordinal: row.ordinal }));
  }
}

export type NumberedLine = StatementLine & { readonly ordinal: number };

interface HeadRow {
  readonly content: object;
  readonly content_hash: string;
  readonly signature: Buffer;
}
