import type { PoolClient } from 'pg';
import type { CertificateDraft } from './certificate-draft.ts';
import { LINEAGE } from './lineage.ts';

/** What certificates came from, by id of those that are registered. */
export type Ancestry = ReadonlyMap<string, readonly CertificateDraft[]>;

/** Of registered certificates: which of them came before which, also by way of others. */
export async function loadAncestry(client: PoolClient, drafts: readonly CertificateDraft[]): Promise<Ancestry> {
  const byId = new Map(drafts.map((draft) => [draft.certificateId!, draft]));
  const { rows } = await client.query<{ told_of: string; certificate_id: string }>(
    `WITH RECURSIVE ${LINEAGE} SELECT told_of, certificate_id FROM lineage WHERE certificate_id = ANY ($1::bigint[])`,
    [[...byId.keys()]],
  );
  const groups = Map.groupBy(rows, ({ told_of }) => told_of);
  return new Map([...groups].map(([id, of]) => [id, of.map(({ certificate_id }) => byId.get(certificate_id)!)]));
}

/** Whether a certificate is another one, or came before it: as registered, and by what the drafts say beyond that. */
export function precedes(certificate: CertificateDraft, another: CertificateDraft, ancestry: Ancestry): boolean {
  const before = new Set([another]);
  for (const each of before) {
    for (const predecessor of each.predecessors) before.add(predecessor);
    for (const ancestor of ancestry.get(each.certificateId ?? '') ?? []) before.add(ancestor);
  }
  return before.has(certificate);
}
