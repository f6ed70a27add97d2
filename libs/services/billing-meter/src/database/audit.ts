import type { Prisma } from '../generated/prisma/client.ts';

/** Who did something, and when (epoch ms). */
export interface Actor {
  /** Code of the relying party. */
  readonly caller: string;
  readonly at: number;
}

export type AuditedAction =
  | 'billing.export'
  | `${'tariff' | 'waiver' | 'commitment'}.${'add' | 'end' | 'revise'}`
  | 'resale.read'
  | 'simulation.run'
  | 'usage.read'
  | 'usage_event.quarantine';

/** Adds a row to the audit, in the transaction of what it is about: neither is there without the other. */
export async function recordAudit(
  client: Prisma.TransactionClient,
  { caller, at }: Actor,
  entry: { readonly action: AuditedAction; readonly subject: Prisma.InputJsonObject },
): Promise<void> {
  await client.auditEntry.create({ data: { at: new Date(at), caller, ...entry } });
}
