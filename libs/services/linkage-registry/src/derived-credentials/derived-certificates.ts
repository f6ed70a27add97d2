import type { Clock } from '@kakunin/calendar';
import { type CertificateStatus, isHeld } from '@kakunin/certificates';
import type { OwnEvent } from '@kakunin/derived-credentials';
import { CLOCK } from '@kakunin/runtime';
import type { Certificate } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import type { CertificateName } from '../certificates/certificate-draft.ts';
import { statusOf, type StatusRow } from '../certificates/certificate.mapping.ts';
import type { Queries } from '../database/queries.ts';
import { Issuers } from '../identifications/issuers.ts';
import { Vault } from '../keys/vault.ts';

/** What an authority says of a certificate of its own. */
export interface StatedStatus extends CertificateName {
  readonly status: CertificateStatus;
}

export interface DerivedCertificate extends CertificateName {
  /** Undefined: its authority has not registered it. */
  readonly status: CertificateStatus | undefined;
}

interface CredentialRow {
  readonly place: string;
  readonly credential_id: string;
  readonly state: string;
  readonly held: boolean;
}

const eventOf = (status: CertificateStatus): OwnEvent =>
  status.status === 'good' ? 'released' : isHeld(status) ? 'held' : 'revoked';

/** Derived credentials that are certificates themselves, and what their own authorities say of them. */
@Injectable()
export class DerivedCertificates {
  constructor(
    @Inject(Issuers) private readonly issuers: Issuers,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Undefined: its authority is not known here. Its status stays what it is until the transaction ends. */
  async find(client: Queries, certificate: Certificate): Promise<DerivedCertificate | undefined> {
    const issuer = await this.issuers.of(certificate);
    if (!issuer) return undefined;
    const { authorityId } = issuer.authority;
    const serialIndex = this.vault.serialIndex(authorityId, certificate.serialNumber);
    const { rows } = await client.query<StatusRow>(
      `SELECT status, revocation_date, reason, invalidity_date FROM certificate
       WHERE serial_index = $1 AND authority_id = $2 FOR SHARE`,
      [serialIndex, authorityId],
    );
    return { authorityId, serialIndex, status: rows[0] && statusOf(rows[0]) };
  }

  /**
   * Notes what is said of certificates that are not registered (a CRL names them all the same), or are from now on, so
   * that the providers of credentials are told. Certificates that were registered before have their own news.
   * @returns for each, whether it is a credential for which that is new; undefined: it is none
   */
  async note(
    client: Queries,
    stated: readonly StatedStatus[],
  ): Promise<readonly ('imported' | 'unchanged' | undefined)[]> {
    if (stated.length === 0) return [];
    const { rows } = await client.query<CredentialRow>(
      `SELECT place, credential_id, state, held
       FROM unnest($1::bytea[], $2::text[]) WITH ORDINALITY AS stated (serial_index, authority_id, place)
       CROSS JOIN LATERAL (
         SELECT credential_id, state, held FROM derived_credential
         WHERE own_index = serial_index AND own_authority = authority_id OFFSET 0
       ) AS credential ORDER BY place, credential_id`,
      [stated.map(({ serialIndex }) => serialIndex), stated.map(({ authorityId }) => authorityId)],
    );
    const outcomes = stated.map((): 'imported' | 'unchanged' | undefined => undefined);
    const news: { readonly id: string; readonly type: `credential_${OwnEvent}` }[] = [];
    for (const { place, credential_id: id, state, held } of rows) {
      const index = Number(place) - 1;
      const event = eventOf(stated[index]!.status);
      const isNew = state !== 'ended' && (event === 'revoked' || held !== (event === 'held'));
      if (isNew) news.push({ id, type: `credential_${event}` });
      outcomes[index] = isNew || outcomes[index] === 'imported' ? 'imported' : 'unchanged';
    }
    await this.#insert(client, news);
    return outcomes;
  }

  async #insert(client: Queries, news: readonly { readonly id: string; readonly type: string }[]): Promise<void> {
    if (news.length === 0) return;
    await client.query(
      `INSERT INTO news_item (at, credential_id, type)
       SELECT $1, credential_id, type FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS noted (credential_id, type, place)
       ORDER BY place`,
      [this.clock.now(), news.map(({ id }) => id), news.map(({ type }) => type)],
    );
  }
}
