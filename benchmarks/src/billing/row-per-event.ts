import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { decodeSegment, decompressSegment } from '@kakunin/usage';
import type { EmbeddedPostgres } from '@kakunin/postgres';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { cpuOfTree } from './process-tree.ts';
import { RECORDS_PER_SEGMENT, recordedUsage } from './recorded-usage.ts';

/** The key is what recognises an event that is delivered again. */
const TABLE = `
  CREATE TABLE usage_event (
    producer text, sequence bigint, index integer, time timestamptz(3), platform_provider text, service_provider text,
    authority_id text, certificate_class text, carrier text, channel text, purpose text, outcome text, digest bytea,
    PRIMARY KEY (producer, sequence, index)
  )`;

/**
 * What a meter does that keeps a row for each event: the same segments, decoded, with COPY, a transaction for as many as
 * ours takes at once. Nothing is aggregated yet, and reading the topic is free.
 */
export async function copyRowPerEvent(postgres: EmbeddedPostgres, segments: number): Promise<Copied> {
  const client = new Client({ connectionString: await postgres.createDatabase('rows') });
  await client.connect();
  try {
    await client.query(TABLE);
    const compressed = [...recordedUsage(segments)].map(({ value }) => value);
    const before = { at: performance.now(), cpu: cpuOfTree(process.pid, postgres.pid) };
    for (let start = 0; start < segments; start += 32) {
      const copy = client.query(copyFrom('COPY usage_event FROM STDIN'));
      await pipeline(Readable.from(linesOf(compressed.slice(start, start + 32))), copy);
    }
    const records = segments * RECORDS_PER_SEGMENT;
    return {
      perSecond: (records * 1_000) / (performance.now() - before.at),
      cpu: (cpuOfTree(process.pid, postgres.pid) - before.cpu) / records,
    };
  } finally {
    await client.end();
  }
}

export interface Copied {
  readonly perSecond: number;
  /** Microseconds a record, of this process and PostgreSQL. */
  readonly cpu: number;
}

function* linesOf(segments: readonly Uint8Array[]): Generator<string> {
  for (const compressed of segments) {
    const { producer, sequence, events } = decodeSegment(decompressSegment(compressed));
    yield events
      .map(
        (event, index) =>
          `${producer}\t${sequence}\t${index}\t${new Date(event.time).toISOString()}\t${event.platformProvider}\t` +
          `${event.serviceProvider}\t${event.authorityId}\t${event.certificateClass}\t${event.carrier}\t${event.channel}\t` +
          `${event.purpose}\t${event.outcome}\t\\\\x${Buffer.from(event.certificateDigest).toString('hex')}\n`,
      )
      .join('');
  }
}
