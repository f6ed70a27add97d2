import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** What a column can be given; octets for `bytea`. */
export type Field = string | number | Uint8Array | null | undefined;

/** Names of a table and its columns: ours, never somebody's input. */
export interface CopyTarget {
  readonly table: string;
  readonly columns: readonly string[];
}

/** Adds rows in their order by COPY, in the caller's transaction: a third of what INSERT costs. */
export async function copyRows(
  client: PoolClient,
  { table, columns }: CopyTarget,
  rows: readonly (readonly Field[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const text = rows.map((row) => `${row.map(fieldText).join('\t')}\n`).join('');
  await pipeline(Readable.from([text]), client.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`)));
}

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** COPY's text format. */
function fieldText(field: Field): string {
  if (field === null || field === undefined) return '\\N';
  if (typeof field === 'number') return String(field);
  if (typeof field === 'string') return field.replaceAll(/[\\\t\n\r]/g, (each) => ESCAPED[each]!);
  return `\\\\x${Buffer.from(field.buffer, field.byteOffset, field.byteLength).toString('hex')}`;
}
