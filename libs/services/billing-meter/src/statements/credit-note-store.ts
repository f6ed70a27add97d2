import { type CreditNote, documentOctets, parseCreditNote } from '@kakunin/billing';
import { Database } from '@kakunin/postgres';
import { DocumentSigner } from '@kakunin/signing-keys';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { SignedDocument, StatementKey } from './statement-store.ts';

const INSERT = `
  INSERT INTO credit_note (issuer, number, period, customer, issued_at, content, content_hash, signature, amount_due,
    tax_amount, amount_with_tax)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

/** In the order in which they were issued. */
const OF_STATEMENT = `
  SELECT number, content, signature FROM credit_note
  WHERE period = $1 AND customer = $2 AND ($3::text IS NULL OR number = $3)
  ORDER BY issued_at, number`;

/** Credit notes: added once, and then only read. */
@Injectable()
export class CreditNoteStore {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(DocumentSigner) private readonly signer: DocumentSigner,
  ) {}

  /** Signs and keeps it. */
  async add(client: PoolClient, note: CreditNote): Promise<void> {
    const octets = documentOctets(note);
    const { period, customer } = note.statement;
    await client.query(INSERT, [
      note.issuer.registrationNumber,
      note.number,
      period,
      customer,
      new Date(note.issuedAt),
      octets,
      Buffer.from(note.contentHash, 'hex'),
      this.signer.sign(octets),
      note.totals.amountDue,
      note.tax.taxAmount,
      note.tax.amountWithTax,
    ]);
  }

  /** Of one statement, in the order in which they were issued. @param client absent: on a connection of its own */
  async of(key: StatementKey, client: Pick<PoolClient, 'query'> = this.database.pool): Promise<readonly CreditNote[]> {
    const { rows } = await client.query<{ content: Buffer }>(OF_STATEMENT, [key.period, key.customer, null]);
    return rows.map(({ content }) => parseCreditNote(content));
  }

  async document({ period, customer }: StatementKey, number: string): Promise<SignedDocument | undefined> {
    const { rows } = await this.database.query<{ content: Buffer; signature: Buffer }>(OF_STATEMENT, [
      period,
      customer,
      number,
    ]);
    return rows[0] && { octets: rows[0].content, signature: rows[0].signature };
  }
}
