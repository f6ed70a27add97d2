import { EventLogError } from '@kakunin/event-log';
import { APPENDED } from './event-store.ts';
import type { PartitionId } from './partition-id.ts';
import { Session } from './session.ts';
import { EVERYBODY } from './wakeup.ts';

/** Advisory locks are numbers of 64 bits; the database hashes these names. */
const LOCK = 'hashtextextended($1, 0)';

const MEMBERS = `
SELECT m.topic, array_agg(l.pid ORDER BY l.pid) AS pids, pg_backend_pid() AS self
FROM unnest($1::text[], $2::text[]) AS m (topic, name)
JOIN pg_locks l ON (l.classid::bigint << 32) | l.objid::bigint = hashtextextended(m.name, 0)
WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
GROUP BY m.topic`;

/** The position moves on only from where this member took over: whoever lost the partition meanwhile learns it here. */
const COMMIT = `
INSERT INTO event_log_commit AS c (consumer_group, topic, partition, next_offset)
SELECT $1, $2, $3, $5 WHERE $4 = 0 OR EXISTS (
  SELECT FROM event_log_commit WHERE consumer_group = $1 AND topic = $2 AND partition = $3
)
ON CONFLICT (consumer_group, topic, partition)
DO UPDATE SET next_offset = excluded.next_offset, committed_at = now() WHERE c.next_offset = $4::bigint
RETURNING next_offset`;

/**
 * A member of a consumer group: a connection whose advisory locks say that it is a member and which partitions it
 * reads. Locks end with the connection, so the partitions of a member that died are free at once; positions are
 * committed on the same connection, so a commit implies the lock.
 */
export class GroupSession {
  private constructor(
    private readonly session: Session,
    private readonly group: string,
    private readonly topics: readonly string[],
  ) {}

  static async join(input: { url: string; group: string; topics: readonly string[]; onLost: () => void }) {
    const session = await Session.open(input.url, input.onLost);
    const member = new GroupSession(session, input.group, input.topics);
    try {
      for (const topic of input.topics) {
        await session.query(`SELECT pg_advisory_lock_shared(${LOCK})`, [member.memberLock(topic)]);
      }
      await member.tellOthers();
      return member;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Which of the partitions are this member's: they are dealt out in turn, over the members in a fixed order. */
  async share<P extends PartitionId>(partitions: readonly P[]): Promise<readonly P[]> {
    const rows = await this.session.query<{ topic: string; pids: number[]; self: number }>(MEMBERS, [
      this.topics,
      this.topics.map((topic) => this.memberLock(topic)),
    ]);
    const byTopic = new Map(rows.map((row) => [row.topic, row]));
    return partitions.filter(({ topic, partition }) => {
      const members = byTopic.get(topic);
      return members !== undefined && members.pids[partition % members.pids.length] === members.self;
    });
  }

  /** @returns false while another member still has the partition */
  async tryLock(id: PartitionId): Promise<boolean> {
    const [row] = await this.session.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS locked`, [
      this.partitionLock(id),
    ]);
    return row?.locked === true;
  }

  async unlock(id: PartitionId): Promise<void> {
    await this.session.query(`SELECT pg_advisory_unlock(${LOCK})`, [this.partitionLock(id)]);
    await this.tellOthers();
  }

  async committed({ topic, partition }: PartitionId): Promise<bigint> {
    const [row] = await this.session.query<{ next_offset: string }>(
      'SELECT next_offset FROM event_log_commit WHERE consumer_group = $1 AND topic = $2 AND partition = $3',
      [this.group, topic, partition],
    );
    return BigInt(row?.next_offset ?? 0);
  }

  /** @throws EventLogError `unavailable` when the position was moved by somebody else meanwhile, too */
  async commit({ topic, partition }: PartitionId, from: bigint, to: bigint): Promise<void> {
    const rows = await this.session.query(COMMIT, [this.group, topic, partition, from, to]);
    if (rows.length === 0) throw new EventLogError('unavailable', `Another member of the group now reads ${topic}.`);
  }

  async leave(): Promise<void> {
    await this.session.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    await this.tellOthers().catch(() => undefined);
    await this.session.close();
  }

  private async tellOthers(): Promise<void> {
    await this.session.query('SELECT pg_notify($1, $2)', [APPENDED, EVERYBODY]);
  }

  private memberLock(topic: string): string {
    return `kakunin member ${this.group} ${topic}`;
  }

  private partitionLock({ topic, partition }: PartitionId): string {
    return `kakunin partition ${this.group} ${topic} ${partition}`;
  }
}
