import { Inject, Injectable } from '@nestjs/common';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { type Actor, recordAudit } from '../database/audit.ts';

export interface QuarantinedEvent {
  readonly number: string;
  readonly customer: string;
  /** Epoch ms. */
  readonly refusedAt: number;
  /** Lower-case hexadecimal. */
  readonly acceptedSha256: string;
  readonly refusedSha256: string;
  /** The CloudEvent as it was sent. */
  readonly refused: unknown;
}

export interface QuarantineQuery {
  /** Undefined: all. */
  readonly customer: string | undefined;
  /** The number after which to begin. */
  readonly after: string;
  readonly limit: number;
}

@Injectable()
export class QuarantineStore {
  constructor(@Inject(AdministrationDatabase) private readonly database: AdministrationDatabase) {}

  /** In the order in which they came. @throws DatabaseError `database_unavailable` */
  list({ customer, after, limit }: QuarantineQuery, actor: Actor): Promise<readonly QuarantinedEvent[]> {
    return this.database.transaction(async (client) => {
      await recordAudit(client, actor, { action: 'usage_event.quarantine', subject: { customer: customer ?? null } });
      const rows = await client.quarantinedEvent.findMany({
        where: { number: { gt: BigInt(after) }, ...(customer !== undefined && { tenant: customer }) },
        orderBy: { number: 'asc' },
        take: limit,
      });
      return rows.map((row) => ({
        number: row.number.toString(),
        customer: row.tenant,
        refusedAt: row.refusedAt.getTime(),
        acceptedSha256: Buffer.from(row.acceptedSha256).toString('hex'),
        refusedSha256: Buffer.from(row.refusedSha256).toString('hex'),
        refused: row.refused,
      }));
    });
  }
}
