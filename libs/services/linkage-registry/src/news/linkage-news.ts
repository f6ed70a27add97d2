import type { Clock } from '@kakunin/calendar';
import { type CertificateStatus, isHeld } from '@kakunin/certificates';
import type { LinkageEvent } from '@kakunin/linkage';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Vault } from '../keys/vault.ts';
import { sealEvent } from './event-seal.ts';
import type { News } from './news.ts';

export function newsTypeOf(status: CertificateStatus): LinkageEvent['type'] {
  if (status.status === 'good') return 'certificate_released';
  return isHeld(status) ? 'certificate_held' : 'certificate_revoked';
}

/** Where whoever changes something notes it, so that those concerned are told. */
@Injectable()
export class LinkageNews {
  constructor(
    @Inject(Vault) private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Notes news in the transaction that makes them true: they are told if and only if it commits. Who is concerned by news
   * of certificates is found afterwards. News of one certificate are told in the order in which they were noted, as long
   * as whoever notes them holds its lock.
   */
  async note(client: PoolClient, news: readonly News[]): Promise<void> {
    if (news.length === 0) return;
    const rows = news.map((each) =>
      'certificateId' in each
        ? { ...each, recipient: null, sealed: null }
        : {
            certificateId: null,
            type: null,
            recipient: each.serviceProvider,
            sealed: sealEvent(this.vault, each.serviceProvider, each),
          },
    );
    await client.query(
      `INSERT INTO news_item (at, certificate_id, type, recipient, event_sealed)
       SELECT $1, certificate_id, type, recipient, event_sealed
       FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bytea[]) WITH ORDINALITY
         AS noted (certificate_id, type, recipient, event_sealed, place)
       ORDER BY place`,
      [
        this.clock.now(),
        rows.map(({ certificateId }) => certificateId),
        rows.map(({ type }) => type),
        rows.map(({ recipient }) => recipient),
        rows.map(({ sealed }) => sealed),
      ],
    );
  }
}
