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
import type { CertificateNews, ErasedCertificate } from './news.ts';

interface Row {
  readonly item_id: string;
  readonly at: string;
  readonly certificate_id: string | null;
  readonly type: (CertificateNews | ErasedCertificate)['type'] | null;
  readonly recipient: string | null;
  readonly event_sealed: Buffer | null;
}

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
        `SELECT item_id, at, certificate_id, type, recipient, event_sealed FROM news_item ORDER BY item_id LIMIT ${BATCH}`,
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
      events.push(...this.#eventsOf(row, told));
      if (row.type !== 'erased') notes.push(...told.map((each) => noteOf(each, now)));
      if (row.certificate_id !== null && grounds.has(row.certificate_id)) {
        const happened = { certificateId: row.certificate_id, type: row.type!, at: Number(row.at) };
        events.push(...(await this.grounds.onCertificate(client, happened)));
      }
    }
    await this.feeds.append(client, events, now);
    await this.audit.append(client, notes);
  }

  #eventsOf({ type, at, recipient, event_sealed }: Row, addressees: readonly Addressee[]): readonly NewsEvent[] {
    if (recipient !== null) return [this.feeds.openNoted(recipient, event_sealed!)];
    if (type === null || type === 'erased') return [];
    return addressees.map(({ serviceProvider, ppid, certificateClass }) => {
      return { type, serviceProvider, ppid, certificateClass, at: Number(at) };
    });
  }
}

/** Who was told of whom, for the holder to see. */
const noteOf = ({ serviceProvider, personKey }: Addressee, at: number): AuditNote => ({
  at,
  caller: serviceProvider,
  action: 'status_news',
  purpose: 'linkage_events',
  outcome: 'granted',
  viewingKey: viewingKeyOf(personKey),
});
