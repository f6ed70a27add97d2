import type { BillingMonth, ClosingMonth } from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { type Actor, recordAuditWithin } from '../database/audit.ts';

const MONTHS = `
  SELECT period, state, prices_known_at, closed_at FROM billing_month
  WHERE $1::text IS NULL OR period = $1 ORDER BY period`;

const BEGIN = `
  INSERT INTO billing_month (period, state, prices_known_at, begun_by, begun_at) VALUES ($1, 'closing', $2, $3, $4)
  ON CONFLICT DO NOTHING`;

const REPRICE = `
  UPDATE billing_month SET prices_known_at = $2 WHERE period = $1 AND state = 'closing' AND prices_known_at < $2`;

const CLOSE = `UPDATE billing_month SET state = 'closed', closed_at = $2 WHERE period = $1 AND state = 'closing'`;

/** How far the months are closed. Months without a row are open. */
@Injectable()
export class MonthStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  async read(period: BillingPeriod): Promise<BillingMonth> {
    const { rows } = await this.database.query<MonthRow>(MONTHS, [period]);
    return rows[0] ? monthOf(rows[0]) : { state: 'open', period };
  }

  /** In their order. */
  async begun(): Promise<readonly Exclude<BillingMonth, { state: 'open' }>[]> {
    const { rows } = await this.database.query<MonthRow>(MONTHS, [null]);
    return rows.map(monthOf);
  }

  /** Of two that begin at once one decides, and both get what it decided. */
  async begin({ period, pricesKnownAt }: ClosingMonth, actor: Actor): Promise<BillingMonth> {
    await this.database.transaction(async (client) => {
      const row = [period, new Date(pricesKnownAt), actor.caller, new Date(actor.at)];
      const { rowCount } = await client.query(BEGIN, row);
      if (rowCount) await recordAuditWithin(client, actor, { action: 'billing.close', subject: { period } });
    });
    return this.read(period);
  }

  /** What is not closed yet of a month that is closing is priced by what is known at a later instant (epoch ms). */
  async reprice(period: BillingPeriod, pricesKnownAt: number, actor: Actor): Promise<void> {
    await this.database.transaction(async (client) => {
      const { rowCount } = await client.query(REPRICE, [period, new Date(pricesKnownAt)]);
      const entry = { action: 'billing.reprice' as const, subject: { period, pricesKnownAt } };
      if (rowCount) await recordAuditWithin(client, actor, entry);
    });
  }

  /** Every customer of the month has its statement. */
  async close(period: BillingPeriod, at: number): Promise<void> {
    await this.database.query(CLOSE, [period, new Date(at)]);
  }
}

interface MonthRow {
  readonly period: BillingPeriod;
  readonly state: 'closing' | 'closed';
  readonly prices_known_at: Date;
  readonly closed_at: Date | null;
}

function monthOf({ period, prices_known_at, closed_at }: MonthRow): Exclude<BillingMonth, { state: 'open' }> {
  const pricesKnownAt = prices_known_at.getTime();
  if (closed_at) return { state: 'closed', period, pricesKnownAt, closedAt: closed_at.getTime() };
  return { state: 'closing', period, pricesKnownAt };
}
