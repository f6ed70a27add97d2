import type { TranslationGrant } from '@kakunin/sectors';
import type { Queries } from '../database/queries.ts';

/** Keeps a grant; forgotten ones are swept out by the way. */
export async function insertGrant(client: Queries, grant: TranslationGrant, now: number): Promise<void> {
  await client.query('DELETE FROM translation WHERE expires_at < $1', [now]);
  await client.query(
    `INSERT INTO translation (token_hash, certificate_id, from_provider, to_provider, expires_at)
     VALUES ($1, $2, $3, $4, $5)`,
    [grant.tokenHash, grant.certificate, grant.from, grant.to, grant.expiresAt],
  );
}

interface Row {
  readonly token_hash: string;
  readonly certificate_id: string;
  readonly from_provider: string;
  readonly to_provider: string;
  readonly expires_at: string;
  readonly redeemed_at: string | null;
}

/** Locked until the transaction ends: a token is redeemed once. */
export async function findGrant(client: Queries, tokenHash: string): Promise<TranslationGrant | undefined> {
  const { rows } = await client.query<Row>('SELECT * FROM translation WHERE token_hash = $1 FOR UPDATE', [tokenHash]);
  const [row] = rows;
  return (
    row && {
      tokenHash: row.token_hash,
      certificate: row.certificate_id,
      from: row.from_provider,
      to: row.to_provider,
      expiresAt: Number(row.expires_at),
      ...(row.redeemed_at !== null && { redeemedAt: Number(row.redeemed_at) }),
    }
  );
}

export async function noteRedeemed(client: Queries, { tokenHash, redeemedAt }: TranslationGrant): Promise<void> {
  await client.query('UPDATE translation SET redeemed_at = $2 WHERE token_hash = $1', [tokenHash, redeemedAt]);
}
