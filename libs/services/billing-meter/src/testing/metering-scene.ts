import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryObjectStore } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { Database, migrationsOf } from '@kakunin/postgres';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { compressSegment, encodeSegment, type UsageEvent } from '@kakunin/usage';
import type { CountableSegment } from '../metering/countable-segment.ts';
import { ProducerStore } from '../metering/producer-store.ts';
import { SegmentArchive } from '../metering/segment-archive.ts';
import { SegmentStore } from '../metering/segment-store.ts';
import { jst, usageEvent } from './usage-events.ts';

/** Producers. */
export const [P, Q] = ['0a', '0b'].map((octet) => octet.repeat(16)) as [string, string];
/** When everything is counted, and sealed unless a test says otherwise. */
export const NOW = jst('2026-11-15T12:00:05');

export type Segment = CountableSegment & { readonly events: readonly UsageEvent[] };

export function segment(
  producer: string,
  sequence: number,
  events: readonly UsageEvent[] = [usageEvent()],
  sealedAt = NOW,
): Segment {
  const about = { producer, sequence: BigInt(sequence), sealedAt };
  const octets = encodeSegment({ ...about, events });
  const sha256 = createHash('sha256').update(octets).digest('hex');
  const compressed = compressSegment(octets);
  return { ...about, kind: 'journal', octets, compressed, sha256, count: events.length, events };
}

const TABLES = 'usage_segment, usage_producer, usage_count, usage_day, usage_producer_day, ledger_pending, first_check';

interface Parts {
  readonly server: TestDatabases;
  readonly databases: readonly [Database, Database];
  readonly objects: ObjectStore;
  readonly directory: string;
}

/** A PostgreSQL, an archive in a folder, and the stores of two meters on both. */
export class MeteringScene {
  readonly database: Database;
  readonly objects: ObjectStore;
  readonly archive: SegmentArchive;
  readonly stores: readonly [SegmentStore, SegmentStore];
  readonly producers: ProducerStore;

  private constructor(private readonly parts: Parts) {
    const [first, second] = parts.databases;
    this.database = first;
    this.objects = parts.objects;
    this.archive = new SegmentArchive(parts.objects);
    this.stores = [new SegmentStore(first, this.archive), new SegmentStore(second, this.archive)];
    this.producers = new ProducerStore(first);
  }

  static async start(): Promise<MeteringScene> {
    const directory = mkdtempSync(join(tmpdir(), 'kakunin-metering-'));
    const server = await sharedTestPostgres();
    const options = {
      url: await server.createDatabase('metering', '@kakunin/billing-meter'),
      migrationsDirectory: migrationsOf('@kakunin/billing-meter'),
    };
    const databases = [new Database(options), new Database(options)] as const;
    await Promise.all(databases.map((database) => database.whenReady()));
    return new MeteringScene({ server, databases, objects: await DirectoryObjectStore.at(directory), directory });
  }

  async end(): Promise<void> {
    const { server, databases, directory } = this.parts;
    await Promise.all(databases.map((database) => database.close()));
    await server.stop();
    rmSync(directory, { recursive: true });
  }

  async empty(): Promise<void> {
    await this.database.query(`TRUNCATE ${TABLES}`);
  }

  async rows(text: string): Promise<readonly Record<string, unknown>[]> {
    return (await this.database.query(text)).rows;
  }

  count(...segments: readonly Segment[]) {
    return this.stores[0].count(segments, NOW);
  }
}
