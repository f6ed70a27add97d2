import { type Authority, type CertificateStatus, isHeld } from '@kakunin/certificates';
import { LINKAGE_EVENTS } from '@kakunin/event-log';
import { derivePpid, type LinkageEvent } from '@kakunin/linkage';
import type { OutboxEvent } from '@kakunin/outbox';
import type { PoolClient } from 'pg';
import type { Vault } from '../keys/vault.ts';
import { openPersonKey } from '../persons/person-keys.ts';
import { openSectorKey } from '../sectors/sector-store.ts';

/** What happened to a certificate that some service provider may have seen. */
export interface News {
  readonly certificateId: string;
  readonly type: LinkageEvent['type'];
}

export function newsTypeOf(status: CertificateStatus): LinkageEvent['type'] {
  if (status.status === 'good') return 'certificate_released';
  return isHeld(status) ? 'certificate_held' : 'certificate_revoked';
}

interface Row {
  readonly certificate_id: string;
  readonly certificate_class: Authority['certificateClass'];
  readonly service_provider: string;
  readonly sector: string;
  readonly version: number;
  readonly sector_key_sealed: Buffer;
  readonly holder_index: Buffer;
  readonly person_key_sealed: Buffer;
}

/** News as events, one for each service provider that the certificate was presented to, in its own name for the person. */
export async function linkageEventsOf(
  client: PoolClient,
  vault: Vault,
  { news, now }: { readonly news: readonly News[]; readonly now: number },
): Promise<readonly OutboxEvent[]> {
  if (news.length === 0) return [];
  const { rows } = await client.query<Row>(
    `SELECT certificate_id, certificate_class, presentation.service_provider, sector, version, sector_key_sealed, holder_index, person_key_sealed
     FROM presentation JOIN sector_step USING (service_provider) JOIN sector_key USING (sector, version) JOIN certificate USING (certificate_id)
       JOIN person USING (person_id) JOIN authority USING (authority_id)
     WHERE certificate_id = ANY ($1::bigint[]) AND given_until IS NULL AND person_key_sealed IS NOT NULL`,
    [news.map(({ certificateId }) => certificateId)],
  );
  return rows.flatMap((row) =>
    news
      .filter(({ certificateId }) => certificateId === row.certificate_id)
      .map(({ type }) => eventOf(row, { type, vault, now })),
  );
}

function eventOf(row: Row, { type, vault, now }: { type: News['type']; vault: Vault; now: number }): OutboxEvent {
  const value: LinkageEvent = {
    type,
    serviceProvider: row.service_provider,
    ppid: derivePpid(openSectorKey(vault, row), openPersonKey(vault, row)),
    certificateClass: row.certificate_class,
    at: now,
  };
  return { topic: LINKAGE_EVENTS, key: row.service_provider, value };
}
