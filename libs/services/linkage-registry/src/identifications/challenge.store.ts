import type { Challenge } from '@kakunin/linkage';
import { Inject, Injectable } from '@nestjs/common';
import type { Queries } from '../database/queries.ts';
import { RegistryDatabase } from '../database/registry-database.ts';

interface Row {
  readonly challenge_id: string;
  readonly challenge: Buffer;
  readonly platform_provider: string;
  readonly service_provider: string;
  readonly expires_at: string;
}

/** Forgotten challenges are swept out by the way, a few with every new one. */
const SWEPT_AT_ONCE = 20;
const COLUMNS = 'challenge_id, challenge, platform_provider, service_provider, expires_at';

/** SQL of challenges: each can be taken out once. */
@Injectable()
export class ChallengeStore {
  constructor(@Inject(RegistryDatabase) private readonly database: RegistryDatabase) {}

  async insert(challenge: Challenge, now: number): Promise<void> {
    const { challengeId, platformProvider, serviceProvider, expiresAt } = challenge;
    await this.database.query(
      `WITH swept AS (
         DELETE FROM challenge WHERE challenge_id IN (
           SELECT challenge_id FROM challenge WHERE expires_at <= $6 ORDER BY expires_at LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED
         )
       )
       INSERT INTO challenge (${COLUMNS}) VALUES ($1, $2, $3, $4, $5)`,
      [challengeId, challenge.challenge, platformProvider, serviceProvider, expiresAt, now],
    );
  }

  /** Whoever gets it, nobody gets it again; only for whom it was made. */
  async take(challengeId: string, platformProvider: string): Promise<Challenge | undefined> {
    const { rows } = await this.database.query<Row>(
      `DELETE FROM challenge WHERE challenge_id = $1 AND platform_provider = $2 RETURNING ${COLUMNS}`,
      [challengeId, platformProvider],
    );
    const [row] = rows;
    return (
      row && {
        challengeId: row.challenge_id,
        challenge: row.challenge,
        platformProvider: row.platform_provider,
        serviceProvider: row.service_provider,
        expiresAt: Number(row.expires_at),
      }
    );
  }
}

/** Takes challenges that were read before. @returns those that nobody took meanwhile */
export async function takeChallenges(client: Queries, challengeIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (challengeIds.length === 0) return new Set();
  const { rows } = await client.query<{ challenge_id: string }>(
    // Locked in their order: two processes that take the same ones cannot wait for each other.
    `DELETE FROM challenge WHERE challenge_id IN (
       SELECT challenge_id FROM challenge WHERE challenge_id = ANY ($1::uuid[]) ORDER BY challenge_id FOR UPDATE
     ) RETURNING challenge_id`,
    [challengeIds],
  );
  return new Set(rows.map((row) => row.challenge_id));
}

/** Uses checks up, and forgets those that are too old to be presented again. @returns the nonces (base64) that were not used before */
export async function useChecks(
  client: Queries,
  checks: readonly { readonly nonce: Uint8Array; readonly expiresAt: number }[],
  now: number,
): Promise<ReadonlySet<string>> {
  if (checks.length === 0) return new Set();
  await client.query('DELETE FROM used_check WHERE expires_at <= $1', [now]);
  const { rows } = await client.query<{ nonce: Buffer }>(
    `INSERT INTO used_check (nonce, expires_at)
     SELECT * FROM unnest($1::bytea[], $2::bigint[]) AS used (nonce, expires_at) ORDER BY nonce
     ON CONFLICT DO NOTHING RETURNING nonce`,
    [checks.map(({ nonce }) => nonce), checks.map(({ expiresAt }) => expiresAt)],
  );
  return new Set(rows.map(({ nonce }) => nonce.toString('base64')));
}
