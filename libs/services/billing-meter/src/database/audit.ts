import type { PoolClient } from 'pg';
import type { Prisma } from '../generated/prisma/client.ts';

/** Who did something, and when (epoch ms). */
export interface Actor {
  /** Code of the relying party. */
  readonly caller: string;
  readonly at: number;
}

export type AuditedAction =
  | 'billing.export'
  | 'billing.close'
  | 'billing.reprice'
  | 'billing.read'
  | 'credit_note.issue'
  | 'reconciliation.read'
  | 'usage_producer.retire'
  | 'ledger.read'
  | `${'tariff' | 'waiver' | 'commitment'}.${'add' | 'end' | 'revise'}`
  | 'resale.read'
  | 'simulation.run'
  | 'usage.read'
  | 'usage.remove'
  | 'usage_segments.redeliver'
  | 'usage_event.quarantine';

/** Adds a row to the audit, in the transaction of what it is about: neither is there without the other. */
export async function recordAudit(
  client: Prisma.TransactionClient,
  { caller, at }: Actor,
  entry: { readonly action: AuditedAction; readonly subject: Prisma.InputJsonObject },
): Promise<void> {
  await client.auditEntry.create({ data: { at: new Date(at), caller, ...entry } });
}

/** As {@link recordAudit}, in a transaction of `Database`. */
export async function recordAuditWithin(
  client: PoolClient,
  { caller, at }: Actor,
  { action, subject }: { readonly action: AuditedAction; readonly subject: object },
): Promise<void> {
  const row = [new Date(at), caller, action, JSON.stringify(subject)];
  await client.query('INSERT INTO audit_entry (at, caller, action, subject) VALUES ($1, $2, $3, $4)', row);
}
