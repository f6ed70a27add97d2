import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryObjectStore } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { Database, migrationsOf } from '@kakunin/postgres';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { compressSegment, encodeSegment, type UsageEvent, type UsageSegment } from '@kakunin/usage';
import { LedgerReader, openCheckpoint, parseUsageLeaf, parseVerifierKey } from '@kakunin/usage-ledger';
import { LedgerKeys } from '../ledger/ledger-keys.ts';
import { LedgerProjection } from '../ledger/ledger-projection.ts';
import { LedgerProjectionStore } from '../ledger/ledger-projection-store.ts';
import { Ledgers } from '../ledger/ledgers.ts';
import { SegmentArchive } from '../metering/segment-archive.ts';
import { jst, usageEvent } from './usage-events.ts';

export const PRODUCERS = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string];
const AT = jst('2026-11-15T12:00:05');

/** Objects, a database and keys, with what the counting leaves to the projection. */
export class LedgerScene {
  readonly keys = new LedgerKeys([generateKeyPairSync('ed25519').privateKey]);
  readonly store: LedgerProjectionStore;

  private constructor(
    readonly directory: string,
    readonly objects: ObjectStore,
    readonly postgres: TestDatabases,
    readonly database: Database,
  ) {
    this.store = new LedgerProjectionStore(database);
  }

  static async open(): Promise<LedgerScene> {
    const directory = mkdtempSync(join(tmpdir(), 'kakunin-ledgers-'));
    const postgres = await sharedTestPostgres();
    const url = await postgres.createDatabase('ledgers', '@kakunin/billing-meter');
    const database = new Database({ url, migrationsDirectory: migrationsOf('@kakunin/billing-meter') });
    await database.whenReady();
    return new LedgerScene(directory, await DirectoryObjectStore.at(directory), postgres, database);
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.postgres.stop();
    rmSync(this.directory, { recursive: true });
  }

  /** As it was at first. */
  async reset(): Promise<void> {
    await this.database.query('TRUNCATE usage_segment, ledger_pending, ledger_head, ledger_producer_day');
    for (const folder of ['ledgers', 'usage', '.pointers'])
      rmSync(join(this.directory, folder), { recursive: true, force: true });
  }

  ledgers(objects: ObjectStore = this.objects): Ledgers {
    return new Ledgers(objects, this.keys, { ledgerOperator: 'test' });
  }

  projection(objects: ObjectStore = this.objects): LedgerProjection {
    const clock = { now: () => AT };
    return new LedgerProjection(this.store, new SegmentArchive(objects), this.ledgers(objects), clock);
  }

  /** What the counting writes of segments that the ledgers have to do with. */
  async count(segments: readonly UsageSegment[]): Promise<void> {
    const frames = segments.map((segment) => compressSegment(encodeSegment(segment)));
    const locations = await new SegmentArchive(this.objects).put(frames, AT);
    for (const [index, { producer, sequence, events }] of segments.entries()) {
      const { object, offset, length } = locations[index]!;
      await this.database.query(
        `INSERT INTO usage_segment
           (producer, sequence, sha256, record_count, counted_at, object, object_offset, object_length)
         VALUES ($1, $2, decode(repeat('00', 32), 'hex'), $3, $4, $5, $6, $7)`,
        [producer, sequence, events.length, new Date(AT), object, offset, length],
      );
      for (const customer of new Set(events.map(({ platformProvider }) => platformProvider)))
        await this.database.query(`INSERT INTO ledger_pending VALUES ($1, $2, $3, '2026-11-15')`, [
          customer,
          producer,
          sequence,
        ]);
    }
  }

  /** The event ids of a ledger, of which every file was held against its checkpoint. */
  async eventIdsOf(customer: string): Promise<readonly string[]> {
    const ledgers = this.ledgers();
    const files = ledgers.storeOf(customer);
    const verifiers = ledgers.verifierKeysOf(customer).trimEnd().split('\n').map(parseVerifierKey);
    const checkpoint = (await files.read('checkpoint')) as Uint8Array;
    const head = openCheckpoint(checkpoint, { origin: ledgers.originOf(customer), verifiers });
    const ids: string[] = [];
    for await (const bundle of (await LedgerReader.open(files, head)).bundles())
      ids.push(...bundle.map((leaf) => parseUsageLeaf(leaf)!.eventId));
    return ids;
  }

  /** What reconciliation and closing read. */
  async read(): Promise<{ pending: string; heads: Record<string, number>; leaves: Record<string, number> }> {
    const [pending, heads, leaves] = await Promise.all([
      this.database.query<{ count: string }>('SELECT count(*) FROM ledger_pending'),
      this.database.query<{ customer: string; size: string }>('SELECT customer, size FROM ledger_head'),
      this.database.query<{ key: string; leaves: string }>(
        `SELECT concat_ws(' ', customer, left(producer, 1), day) AS key, leaves FROM ledger_producer_day`,
      ),
    ]);
    return {
      pending: pending.rows[0]!.count,
      heads: Object.fromEntries(heads.rows.map(({ customer, size }) => [customer, Number(size)])),
      leaves: Object.fromEntries(leaves.rows.map(({ key, leaves: count }) => [key, Number(count)])),
    };
  }
}

/** A segment with events of `pf-a` and `pf-b` by turns. */
export const mixedSegment = (
  producer: string,
  sequence: number,
  count: number,
  change: Partial<UsageEvent> = {},
): UsageSegment => ({
  producer,
  sequence: BigInt(sequence),
  events: Array.from({ length: count }, (_, index) =>
    usageEvent({ platformProvider: index % 2 ? 'pf-b' : 'pf-a', ...change }),
  ),
});
