import { createHash } from 'node:crypto';
import { calendarYearOf } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { compressSegment, encodeSegment } from '@kakunin/usage';
import { formatEventId } from '@kakunin/usage-ledger';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { SegmentStore } from '../metering/segment-store.ts';
import { DigestKeys } from './digest-keys.ts';
import { producerOf, usageEventOf } from './reported-segment.ts';
import type { ReportedUsage } from './reported-usage.ts';
import type { UsageEventError } from './usage-event-error.ts';

/** What became of an event; `eventId` is its place in the tenant's ledger. */
export type Taken =
  | { readonly result: 'accepted' | 'duplicate'; readonly eventId: string }
  | { readonly result: 'conflict' }
  | { readonly result: 'refused'; readonly refusal: UsageEventError };

export interface TakeInput {
  /** Code of the platform provider that reports. */
  readonly tenant: string;
  readonly reported: readonly ReportedUsage[];
  /** Epoch ms. */
  readonly at: number;
}

const ADD_TENANT = 'INSERT INTO usage_event_tenant (tenant) VALUES ($1) ON CONFLICT DO NOTHING';
const LOCK_TENANT = 'SELECT last_sequence FROM usage_event_tenant WHERE tenant = $1 FOR UPDATE';
const ADVANCE_TENANT = 'UPDATE usage_event_tenant SET last_sequence = $2 WHERE tenant = $1';
const FIND_EVENTS = 'SELECT key, sha256, sequence, index FROM usage_event WHERE key = ANY ($1)';
const ADD_EVENTS = `
  INSERT INTO usage_event (key, sha256, sequence, index)
  SELECT key, sha256, $3, index FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS given (key, sha256, number),
    LATERAL (SELECT (number - 1)::integer AS index)`;
const ADD_TO_QUARANTINE = `
  INSERT INTO usage_event_quarantine (tenant, key, accepted_sha256, refused_sha256, refused, refused_at)
  SELECT $1, key, accepted, refused, event, $6
  FROM unnest($2::bytea[], $3::bytea[], $4::bytea[], $5::jsonb[]) AS given (key, accepted, refused, event)
  ON CONFLICT DO NOTHING`;

interface Known {
  readonly sha256: Buffer;
  readonly sequence: bigint;
  readonly index: number;
}

interface Conflict {
  readonly refused: ReportedUsage;
  readonly accepted: Known;
}

/** Takes each reported event once, for ever. */
@Injectable()
export class UsageEventStore {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(SegmentStore) private readonly segments: SegmentStore,
    @Inject(DigestKeys) private readonly digestKeys: DigestKeys,
  ) {}

  /**
   * One transaction: what is accepted is counted, and what is refused is in quarantine, when this resolves. The reports
   * of a tenant are taken one after the other.
   * @returns what became of each, in order
   * @throws DatabaseError `database_unavailable`; what counting a segment throws; nothing was taken then
   */
  take(input: TakeInput): Promise<readonly Taken[]> {
    return this.database.transaction(async (client) => {
      const sequence = (await lockTenant(client, input.tenant)) + 1n;
      const known = await findEvents(client, input.reported);
      const fresh: ReportedUsage[] = [];
      const conflicts: Conflict[] = [];
      const producer = producerOf(input.tenant);
      const taken = input.reported.map((reported): Taken => {
        const name = reported.key.toString('hex');
        const before = known.get(name);
        if (before && !before.sha256.equals(reported.sha256)) {
          conflicts.push({ refused: reported, accepted: before });
          return { result: 'conflict' };
        }
        if (!before && reported.refusal) return { result: 'refused', refusal: reported.refusal };
        const event = before ?? { sha256: reported.sha256, sequence, index: fresh.push(reported) - 1 };
        known.set(name, event);
        return { result: before ? 'duplicate' : 'accepted', eventId: formatEventId({ producer, ...event }) };
      });
      if (fresh.length > 0) await this.#count(client, { ...input, reported: fresh }, sequence);
      if (conflicts.length > 0) await quarantine(client, input, conflicts);
      return taken;
    });
  }

  async #count(client: PoolClient, { tenant, reported, at }: TakeInput, sequence: bigint): Promise<void> {
    const years = reported.flatMap(({ event, time }) =>
      event.data.certificateKey === undefined ? [] : [calendarYearOf(time)],
    );
    const keys = await this.digestKeys.ofYears(client, years);
    const events = reported.map((one) => usageEventOf(one, tenant, keys));
    const identity = { producer: producerOf(tenant), sequence, sealedAt: at };
    const octets = encodeSegment({ ...identity, events });
    const sha256 = createHash('sha256').update(octets).digest('hex');
    const compressed = compressSegment(octets);
    const segment = { ...identity, kind: 'events', octets, compressed, sha256, count: events.length } as const;
    await this.segments.countWithin(client, [segment], at);
    await client.query(ADD_EVENTS, [reported.map(({ key }) => key), reported.map((one) => one.sha256), sequence]);
    await client.query(ADVANCE_TENANT, [tenant, sequence]);
  }
}

/** @returns the number of the tenant's last segment */
async function lockTenant(client: PoolClient, tenant: string): Promise<bigint> {
  await client.query(ADD_TENANT, [tenant]);
  const { rows } = await client.query<{ last_sequence: string }>(LOCK_TENANT, [tenant]);
  return BigInt(rows[0]!.last_sequence);
}

async function findEvents(client: PoolClient, reported: readonly ReportedUsage[]): Promise<Map<string, Known>> {
  interface Row extends Omit<Known, 'sequence'> {
    readonly key: Buffer;
    readonly sequence: string;
  }
  const { rows } = await client.query<Row>(FIND_EVENTS, [reported.map(({ key }) => key)]);
  return new Map(
    rows.map(({ key, sequence, ...row }) => [key.toString('hex'), { ...row, sequence: BigInt(sequence) }]),
  );
}

async function quarantine(
  client: PoolClient,
  { tenant, at }: TakeInput,
  conflicts: readonly Conflict[],
): Promise<void> {
  await client.query(ADD_TO_QUARANTINE, [
    tenant,
    conflicts.map(({ refused }) => refused.key),
    conflicts.map(({ accepted }) => accepted.sha256),
    conflicts.map(({ refused }) => refused.sha256),
    conflicts.map(({ refused }) => JSON.stringify(refused.event)),
    new Date(at),
  ]);
}
