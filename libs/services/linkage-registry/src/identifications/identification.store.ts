import { createHash } from 'node:crypto';
import type { CertificateStatus, RevocationReason } from '@kakunin/certificates';
import type { Certificate } from '@kakunin/x509';
import { statusOf } from '../certificates/certificate.mapping.ts';
import type { Queries } from '../database/queries.ts';
import type { RegistryDatabase } from '../database/registry-database.ts';
import type { Vault } from '../keys/vault.ts';
import { PERSON_COLUMNS, type PersonRow } from '../persons/person-store.ts';
import type { IdentificationPolicy } from './identification-policy.ts';

/** A certificate that stands for a person. */
export interface LinkedCertificate {
  readonly certificateId: string;
  readonly status: CertificateStatus;
  readonly statusSince: number;
  /** As it was registered. */
  readonly person: PersonRow;
}

export interface Challenged {
  readonly challenge: Buffer;
  readonly serviceProvider: string;
  readonly expiresAt: number;
}

/** All that is known of what an identification names; each part absent when there is none. */
export interface IdentificationFacts {
  readonly linked: LinkedCertificate | undefined;
  readonly challenged: Challenged | undefined;
  /** True when the caller may ask for the service provider: it stands behind it, or is the caller itself. */
  readonly standsBehind: boolean;
  readonly policy: IdentificationPolicy | undefined;
}

export interface IdentificationQuestion {
  readonly caller: string;
  readonly serviceProvider: string;
  /** undefined: none was answered. */
  readonly challengeId: string | undefined;
  /** '': of an unknown issuer. */
  readonly authorityId: string;
  readonly certificate: Certificate;
}

interface Row extends PersonRow {
  readonly certificate_id: string | null;
  readonly status: 'good' | 'revoked';
  readonly revocation_date: string | null;
  readonly reason: RevocationReason | null;
  readonly invalidity_date: string | null;
  readonly status_since: string;
  readonly challenge: Buffer | null;
  readonly challenged_provider: string;
  readonly expires_at: string;
  readonly code: string | null;
  readonly policy: IdentificationPolicy | null;
}

const FACTS = `SELECT certificate_id, status, revocation_date, reason, invalidity_date, status_since, ${PERSON_COLUMNS},
       challenge, challenge.service_provider AS challenged_provider, expires_at, party.code, policy
     FROM (SELECT) AS once
       LEFT JOIN (certificate JOIN person USING (person_id))
         ON authority_id = $1 AND serial_index = $2 AND coalesce(fingerprint_index, $3) = $3
       LEFT JOIN challenge ON challenge_id = $4 AND challenge.platform_provider = $5
       LEFT JOIN relying_party AS party ON code = $6 AND kind = 'service_provider' AND $5 IN (party.platform_provider, code)
       LEFT JOIN identification_policy AS own ON own.service_provider = party.code`;

/**
 * One statement, whatever is missing: what is asked of the database does not tell an unknown certificate from one that
 * somebody may not ask about.
 */
export async function readFacts(
  database: Pick<RegistryDatabase, 'prepared'>,
  vault: Vault,
  { caller, serviceProvider, challengeId, authorityId, certificate }: IdentificationQuestion,
): Promise<IdentificationFacts> {
  const fingerprint = vault.fingerprintIndex(createHash('sha256').update(certificate.der).digest('hex'));
  const { rows } = await database.prepared<Row>('identification facts', FACTS, [
    authorityId,
    vault.serialIndex(authorityId, certificate.serialNumber),
    fingerprint,
    challengeId ?? null,
    caller,
    serviceProvider,
  ]);
  return factsOf(rows[0]!);
}

function factsOf(row: Row): IdentificationFacts {
  return {
    linked: row.certificate_id === null ? undefined : linkedOf(row, row.certificate_id),
    challenged: row.challenge
      ? { challenge: row.challenge, serviceProvider: row.challenged_provider, expiresAt: Number(row.expires_at) }
      : undefined,
    standsBehind: row.code !== null,
    policy: row.policy ?? undefined,
  };
}

const linkedOf = (row: Row, certificateId: string): LinkedCertificate => {
  const { person_id, holder_index, person_key_sealed, entangled } = row;
  return {
    certificateId,
    status: statusOf(row),
    statusSince: Number(row.status_since),
    person: { person_id, holder_index, person_key_sealed, entangled },
  };
};

/** A name that a service provider is given. */
export interface Naming {
  readonly certificateId: string;
  readonly serviceProvider: string;
  readonly keyId: string;
  readonly at: number;
}

/**
 * Notes under which keys names were given, the first time that they are.
 * @returns of each, in its place, whether the service provider knew the person before, and only by other certificates
 */
export async function notePresentations(client: Queries, namings: readonly Naming[]): Promise<readonly boolean[]> {
  if (namings.length === 0) return [];
  const { rows } = await client.query<{ succeeded: boolean }>(
    `WITH given AS (
       SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[]) WITH ORDINALITY
         AS given (certificate_id, service_provider, key_id, at, place)
     ), noted AS (
       INSERT INTO presentation (certificate_id, service_provider, key_id, given_at)
       SELECT certificate_id, service_provider, key_id, at FROM given ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING
     )
     SELECT EXISTS (
         SELECT FROM presentation AS other
         WHERE other.key_id = given.key_id AND other.service_provider = given.service_provider
       ) AND NOT EXISTS (
         SELECT FROM presentation AS same
         WHERE same.certificate_id = given.certificate_id AND same.service_provider = given.service_provider
       ) AS succeeded
     FROM given ORDER BY place`,
    [
      namings.map(({ certificateId }) => certificateId),
      namings.map(({ serviceProvider }) => serviceProvider),
      namings.map(({ keyId }) => keyId),
      namings.map(({ at }) => at),
    ],
  );
  return rows.map(({ succeeded }) => succeeded);
}
