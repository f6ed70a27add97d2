import { Inject, Injectable } from '@nestjs/common';
import type { Queries } from '../database/queries.ts';
import { Vault } from '../keys/vault.ts';
import type { Matching } from './matching.ts';

interface Row {
  readonly matching_id: string;
  readonly proposer: string;
  readonly partner: string;
  readonly purpose: string;
  readonly most_inputs: number;
  readonly proposed_at: string;
  readonly expires_at: string;
  readonly public_key: Buffer | null;
  readonly key_sealed: Buffer | null;
  readonly proposer_inputs: number;
  readonly partner_inputs: number;
  readonly ended_at: string | null;
}

/** SQL of matchings. */
@Injectable()
export class MatchingStore {
  constructor(@Inject(Vault) private readonly vault: Vault) {}

  async insert(client: Queries, matching: Matching): Promise<void> {
    const { matchingId, proposer, partner, purpose, mostInputs, proposedAt, expiresAt } = matching;
    await client.query(
      `INSERT INTO matching (matching_id, proposer, partner, purpose, most_inputs, proposed_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [matchingId, proposer, partner, purpose, mostInputs, proposedAt, expiresAt],
    );
  }

  /** Those of a service provider that are not forgotten, the newest first. */
  async of(client: Queries, serviceProvider: string, now: number): Promise<readonly Matching[]> {
    const { rows } = await client.query<Row>(
      'SELECT * FROM matching WHERE $1 IN (proposer, partner) ORDER BY proposed_at DESC, matching_id LIMIT 1000',
      [serviceProvider],
    );
    return rows.map((row) => matchingOf(row, now));
  }

  /** Locked; undefined when it is not one of the service provider's. */
  async lock(client: Queries, { matchingId, serviceProvider, now }: MatchingQuestion): Promise<Matching | undefined> {
    const { rows } = await client.query<Row>(
      'SELECT * FROM matching WHERE matching_id = $1 AND $2 IN (proposer, partner) FOR UPDATE',
      [matchingId, serviceProvider],
    );
    return rows[0] && matchingOf(rows[0], now);
  }

  async open(
    client: Queries,
    matchingId: string,
    { now, privateKey, publicKey }: { now: number; privateKey: Uint8Array; publicKey: Uint8Array },
  ): Promise<void> {
    await client.query(
      'UPDATE matching SET consented_at = $2, key_sealed = $3, public_key = $4 WHERE matching_id = $1',
      [matchingId, now, this.vault.seal(ownerOf(matchingId), privateKey), publicKey],
    );
  }

  /** Counts inputs of one of the two, and gives the key for them. */
  async count(client: Queries, matching: Matching, { by, inputs }: { by: string; inputs: number }): Promise<Buffer> {
    const column = by === matching.proposer ? 'proposer_inputs' : 'partner_inputs';
    const { rows } = await client.query<{ key_sealed: Buffer }>(
      `UPDATE matching SET ${column} = ${column} + $2 WHERE matching_id = $1 RETURNING key_sealed`,
      [matching.matchingId, inputs],
    );
    return this.vault.open(ownerOf(matching.matchingId), rows[0]!.key_sealed);
  }

  async end(client: Queries, matchingId: string, now: number): Promise<void> {
    await client.query('UPDATE matching SET ended_at = $2, key_sealed = NULL WHERE matching_id = $1', [
      matchingId,
      now,
    ]);
  }

  /** Destroys the keys of those that are over. */
  async endExpired(client: Queries, now: number): Promise<void> {
    await client.query(
      'UPDATE matching SET ended_at = expires_at, key_sealed = NULL WHERE ended_at IS NULL AND expires_at <= $1',
      [now],
    );
  }
}

export interface MatchingQuestion {
  readonly matchingId: string;
  readonly serviceProvider: string;
  readonly now: number;
}

const ownerOf = (matchingId: string): string => `matching ${matchingId}`;

function matchingOf(row: Row, now: number): Matching {
  const isOver = row.ended_at !== null || Number(row.expires_at) <= now;
  return {
    matchingId: row.matching_id,
    proposer: row.proposer,
    partner: row.partner,
    purpose: row.purpose,
    mostInputs: row.most_inputs,
    state: isOver ? 'ended' : row.key_sealed === null ? 'proposed' : 'open',
    proposedAt: Number(row.proposed_at),
    expiresAt: Number(row.expires_at),
    ...(row.public_key && { publicKey: row.public_key }),
    proposerInputs: row.proposer_inputs,
    partnerInputs: row.partner_inputs,
  };
}
