import { viewingKeyOf } from '@kakunin/audit';
import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuditLog, type AuditNote } from '../audit/audit-log.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { GroundWatch } from '../derived-credentials/ground-watch.ts';
import { type Addressee, Addressees } from './addressees.ts';
import type { NewsEvent } from './feed-event.ts';
import { FeedStore } from './feed.store.ts';
import type { CertificateNews, CredentialNews, ErasedCertificate } from './news.ts';

/** Of a certificate, of a derived credential, or for one recipient. */
type Row = { readonly item_id: string; readonly at: string } & (
  | {
      readonly certificate_id: string;
      readonly type: (CertificateNews | ErasedCertificate)['type'];
      readonly credential_id: null;
      readonly recipient: null;
    }
  | {
      readonly credential_id: string;
      readonly type: CredentialNews['type'];
      readonly certificate_id: null;
      readonly recipient: null;
    }
  | {
      readonly recipient: string;
      readonly event_sealed: Buffer;
      readonly certificate_id: null;
      readonly credential_id: null;
    }
);

const BATCH = 500;

/**
 * Finds whom the noted news concern and tells them: one desk at a time of however many processes, so that feeds have one
 * order. It reads what is committed, in the order in which it was noted; what commits later is read later.
 */
@Injectable()
export class NewsDesk {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(Addressees) private readonly addressees: Addressees,
    @Inject(FeedStore) private readonly feeds: FeedStore,
    @Inject(GroundWatch) private readonly grounds: GroundWatch,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns how many were told; 0 as well while another process is at it */
  tellSome(): Promise<number> {
    return this.database.transaction(async (client) => {
      const lock = `SELECT pg_try_advisory_xact_lock(hashtextextended('kakunin news desk', 0)) AS held`;
      const { rows } = await client.query<{ held: boolean }>(lock);
      if (!rows[0]!.held) return 0;
      const waiting = await client.query<Row>(
        `SELECT item_id, at, certificate_id, credential_id, type, recipient, event_sealed
         FROM news_item ORDER BY item_id LIMIT ${BATCH}`,
      );
      if (waiting.rows.length === 0) return 0;
      await this.#tell(client, waiting.rows);
      await client.query('DELETE FROM news_item WHERE item_id = ANY ($1::bigint[])', [
        waiting.rows.map(({ item_id }) => item_id),
      ]);
      return waiting.rows.length;
    });
  }

  /** Forgets what was told, and what ended, before an instant, epoch ms. */
  async forget(before: number): Promise<void> {
    await this.feeds.forget(before);
    await this.grounds.forget(this.database, before);
  }

  /** Tells of grounds that time has ended. @returns how many */
  tellOfTime(): Promise<number> {
    return this.database.transaction(async (client) => {
      const now = this.clock.now();
      const events = await this.grounds.onTime(client, now);
      await this.feeds.append(client, events, now);
      return events.length;
    });
  }

  async #tell(client: PoolClient, rows: readonly Row[]): Promise<void> {
    const certificateIds = [...new Set(rows.flatMap(({ certificate_id }) => certificate_id ?? []))];
    const addressees = await this.addressees.of(client, certificateIds);
    const grounds = await this.grounds.concerned(client, certificateIds);
    const now = this.clock.now();
    const events: NewsEvent[] = [];
    const notes: AuditNote[] = [];
    for (const row of rows) {
      const told = row.certificate_id === null ? [] : (addressees.get(row.certificate_id) ?? []);
      const at = Number(row.at);
      if (row.recipient !== null) events.push(this.feeds.openNoted(row.recipient, row.event_sealed));
      else if (row.credential_id !== null) {
        const { credential_id: credentialId, type } = row;
        events.push(...(await this.grounds.onCredential(client, { credentialId, type, at })));
      } else {
        const { certificate_id: certificateId, type } = row;
        if (type !== 'erased') {
          events.push(...told.map((each) => eventOf(each, type, at)));
          notes.push(...told.map((each) => noteOf(each, now)));
        }
        if (!grounds.has(certificateId)) continue;
        events.push(...(await this.grounds.onCertificate(client, { certificateId, type, at })));
      }
    }
    await this.feeds.append(client, events, now);
    await this.audit.append(client, notes);
  }
}

const eventOf = (
  { serviceProvider, ppid, certificateClass }: Addressee,
  type: CertificateNews['type'],
  at: number,
): NewsEvent => ({ type, serviceProvider, ppid, certificateClass, at });

/** Who was told of whom, for the holder to see. */
const noteOf = ({ serviceProvider, personKey }: Addressee, at: number): AuditNote => ({
  at,
  caller: serviceProvider,
  action: 'status_news',
  purpose: 'linkage_events',
  outcome: 'granted',
  viewingKey: viewingKeyOf(personKey),
});
