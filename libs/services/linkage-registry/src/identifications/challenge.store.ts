import type { Challenge } from '@kakunin/linkage';
import { Inject, Injectable } from '@nestjs/common';
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
       INSERT INTO challenge (challenge_id, challenge, platform_provider, service_provider, expires_at) VALUES ($1, $2, $3, $4, $5)`,
      [challengeId, challenge.challenge, platformProvider, serviceProvider, expiresAt, now],
    );
  }

  /** Whoever gets it, nobody gets it again; only for whom it was made. */
  async take(challengeId: string, platformProvider: string): Promise<Challenge | undefined> {
    const { rows } = await this.database.query<Row>(
      `DELETE FROM challenge WHERE challenge_id = $1 AND platform_provider = $2
       RETURNING challenge_id, challenge, platform_provider, service_provider, expires_at`,
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
