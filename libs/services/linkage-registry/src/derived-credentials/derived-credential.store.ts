import type { RevocationReason } from '@kakunin/certificates';
import type { DerivedCredential, DerivedCredentialKind, GroundReason, GroundState } from '@kakunin/derived-credentials';
import { Inject, Injectable } from '@nestjs/common';
import type { CertificateName } from '../certificates/certificate-draft.ts';
import { LINEAGE } from '../certificates/lineage.ts';
import type { Queries } from '../database/queries.ts';
import { Vault } from '../keys/vault.ts';

interface Row {
  readonly credential_id: string;
  readonly provider: string;
  readonly kind: DerivedCredentialKind;
  readonly reference_sealed: Buffer;
  readonly base: string;
  readonly base_not_after: string;
  readonly state: GroundState;
  readonly state_since: string;
  readonly successor_until: string | null;
  readonly held: boolean;
  readonly reason: GroundReason | null;
}

const COLUMNS = `credential_id, provider, kind, reference_sealed, base, base_not_after, state, state_since, successor_until,
  held, reason`;
/** What is over by time alone is dealt with so many at once. */
const OVER_AT_ONCE = 500;

/** A credential, and why it is in its state, as its provider was told last. */
export interface KnownCredential {
  readonly credential: DerivedCredential;
  readonly reason: GroundReason | undefined;
}

export interface GoodSuccessor {
  readonly predecessor: string;
  readonly successor: { readonly successor: string; /** Epoch ms. */ readonly notAfter: number };
}

/** SQL of derived credentials. */
@Injectable()
export class DerivedCredentialStore {
  constructor(@Inject(Vault) private readonly vault: Vault) {}

  /**
   * @param own the name of a certificate that it is, where its authority is known
   * @returns false when the provider has a credential in force under this reference already
   */
  async insert(client: Queries, credential: DerivedCredential, own?: CertificateName): Promise<boolean> {
    const { credentialId, provider, kind, reference, base, baseNotAfter, state, stateSince, held = false } = credential;
    const index = this.#indexOf(provider, reference);
    const { authorityId, serialIndex } = own ?? {};
    const sealed = this.vault.seal(ownerOf(credentialId), Buffer.from(reference));
    const { rowCount } = await client.query(
      `INSERT INTO derived_credential (credential_id, provider, kind, reference_index, reference_sealed, base,
         base_not_after, state, state_since, registered_at, held, own_authority, own_index)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
      [
        credentialId,
        provider,
        kind,
        index,
        sealed,
        base,
        baseNotAfter,
        state,
        stateSince,
        held,
        authorityId,
        serialIndex,
      ],
    );
    return rowCount === 1;
  }

  async update(client: Queries, { credential, reason }: KnownCredential): Promise<void> {
    const { credentialId, base, baseNotAfter, state, stateSince, successorUntil = null, held = false } = credential;
    await client.query(
      `UPDATE derived_credential SET base = $2, base_not_after = $3, state = $4, state_since = $5, successor_until = $6,
         held = $7, reason = coalesce($8, reason)
       WHERE credential_id = $1`,
      [credentialId, base, baseNotAfter, state, stateSince, successorUntil, held, reason],
    );
  }

  /** The provider's own, newest first. */
  async ofProvider(client: Queries, { provider, reference }: ProviderQuestion): Promise<KnownCredential | undefined> {
    const index = this.#indexOf(provider, reference);
    const { rows } = await client.query<Row>(
      `SELECT ${COLUMNS} FROM derived_credential WHERE provider = $1 AND reference_index = $2
       ORDER BY registered_at DESC, state_since DESC LIMIT 1`,
      [provider, index],
    );
    return rows[0] && { credential: this.#credentialOf(rows[0]), reason: rows[0].reason ?? undefined };
  }

  /** Ends what is in force under the reference. @returns false when there is nothing */
  async end(client: Queries, { provider, reference, now }: ProviderQuestion & { now: number }) {
    const { rowCount } = await client.query(
      `UPDATE derived_credential SET state = 'ended', state_since = $3, successor_until = NULL, reason = NULL
       WHERE provider = $1 AND reference_index = $2 AND state <> 'ended'`,
      [provider, this.#indexOf(provider, reference), now],
    );
    return rowCount !== 0;
  }

  /** Forgets those that ended before an instant, epoch ms. */
  async forget(client: Queries, before: number): Promise<void> {
    await client.query(`DELETE FROM derived_credential WHERE state = 'ended' AND state_since < $1`, [before]);
  }

  /** Of some certificates those on which, or on whose predecessors, something rests, and those that rest themselves. */
  async concerned(client: Queries, certificateIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await client.query<{ told_of: string }>(
      `WITH RECURSIVE ${LINEAGE}
       SELECT told_of FROM lineage JOIN derived_credential ON base = certificate_id AND state <> 'ended'
       UNION
       SELECT told_of FROM unnest($1::bigint[]) AS named (told_of) CROSS JOIN LATERAL (
         SELECT serial_index, authority_id FROM certificate WHERE certificate_id = told_of OFFSET 0
       ) AS certificate JOIN derived_credential ON (own_index, own_authority) = (serial_index, authority_id)
         AND state <> 'ended'`,
      [certificateIds],
    );
    return new Set(rows.map(({ told_of }) => told_of));
  }

  /** Credentials in force on a certificate; locked. */
  async restingOn(client: Queries, certificateId: string): Promise<readonly DerivedCredential[]> {
    const { rows } = await client.query<Row>(
      `SELECT ${COLUMNS} FROM derived_credential WHERE base = $1 AND state <> 'ended' ORDER BY credential_id FOR UPDATE`,
      [certificateId],
    );
    return rows.map((row) => this.#credentialOf(row));
  }

  /** Credentials in force that are this certificate themselves, or the one of this id; locked. */
  async themselves(
    client: Queries,
    { certificateId, credentialId }: { readonly certificateId?: string; readonly credentialId?: string },
  ): Promise<readonly DerivedCredential[]> {
    const { rows } = await client.query<Row>(
      `SELECT ${COLUMNS} FROM derived_credential
       WHERE state <> 'ended' AND (credential_id = $1 OR (own_index, own_authority) =
         (SELECT serial_index, authority_id FROM certificate WHERE certificate_id = $2))
       ORDER BY credential_id FOR UPDATE`,
      [credentialId ?? null, certificateId ?? null],
    );
    return rows.map((row) => this.#credentialOf(row));
  }

  /** Some of those whose base, or whose wait for a successor, is over; locked. */
  async over(client: Queries, now: number): Promise<readonly DerivedCredential[]> {
    const { rows } = await client.query<Row>(
      `SELECT ${COLUMNS} FROM derived_credential
       WHERE state <> 'ended' AND least(base_not_after, successor_until) <= $1
       ORDER BY least(base_not_after, successor_until) LIMIT ${OVER_AT_ONCE} FOR UPDATE SKIP LOCKED`,
      [now],
    );
    return rows.map((row) => this.#credentialOf(row));
  }

  /** Successors that are good, the longest valid first: all of a certificate, or the one named. */
  async goodSuccessors(
    client: Queries,
    { predecessor, successor }: { readonly predecessor?: string; readonly successor?: string },
  ): Promise<readonly GoodSuccessor[]> {
    const { rows } = await client.query<{ predecessor_id: string; successor_id: string; not_after: string }>(
      `SELECT predecessor_id, successor_id, not_after
       FROM succession JOIN certificate ON certificate_id = successor_id
       WHERE (predecessor_id = $1 OR successor_id = $2) AND status = 'good' ORDER BY not_after DESC`,
      [predecessor ?? null, successor ?? null],
    );
    return rows.map((row) => ({
      predecessor: row.predecessor_id,
      successor: { successor: row.successor_id, notAfter: Number(row.not_after) },
    }));
  }

  async revocationReason(client: Queries, certificateId: string): Promise<RevocationReason | undefined> {
    const { rows } = await client.query<{ reason: RevocationReason | null }>(
      'SELECT reason FROM certificate WHERE certificate_id = $1',
      [certificateId],
    );
    return rows[0]?.reason ?? undefined;
  }

  /** The scope has spaces, which no realm of holders has. */
  #indexOf(provider: string, reference: string): Buffer {
    return this.vault.holderIndex(`derived credential of ${provider}`, reference);
  }

  #credentialOf(row: Row): DerivedCredential {
    return {
      credentialId: row.credential_id,
      provider: row.provider,
      kind: row.kind,
      reference: this.vault.open(ownerOf(row.credential_id), row.reference_sealed).toString(),
      base: row.base,
      baseNotAfter: Number(row.base_not_after),
      state: row.state,
      stateSince: Number(row.state_since),
      ...(row.successor_until !== null && { successorUntil: Number(row.successor_until) }),
      ...(row.held && { held: true as const }),
    };
  }
}

export interface ProviderQuestion {
  readonly provider: string;
  readonly reference: string;
}

const ownerOf = (credentialId: string): string => `derived credential ${credentialId}`;
