import { createHash } from 'node:crypto';
import { type ViewingKey, viewingKeyOf } from '@kakunin/audit';
import type { Authority, CertificateStatus, RevocationReason } from '@kakunin/certificates';
import type { Certificate } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import type { CertificateName } from '../certificates/certificate-draft.ts';
import { statusOf, type StatusRow } from '../certificates/certificate.mapping.ts';
import type { Queries } from '../database/queries.ts';
import { Issuers } from '../identifications/issuers.ts';
import { Vault } from '../keys/vault.ts';
import { PERSON_COLUMNS, type PersonRow, PersonStore } from '../persons/person-store.ts';
import { CallerWatch } from '../probing/caller-watch.ts';

/** A person's certificate, as it is registered. */
export interface BaseCertificate {
  readonly certificateId: string;
  readonly notAfter: number;
  readonly status: CertificateStatus;
  readonly person: PersonRow;
}

export interface FoundBase {
  readonly issuer: Authority | undefined;
  readonly base: BaseCertificate | undefined;
}

/** A certificate that rests on another one, of an authority that is known here. */
export interface DerivedCertificate extends CertificateName {
  /** Undefined: its authority has not registered it. */
  readonly status: CertificateStatus | undefined;
}

interface Observed {
  readonly issuer: Authority | undefined;
  readonly accepted: BaseCertificate | undefined;
}

interface Row extends PersonRow {
  readonly certificate_id: string;
  readonly not_after: string;
  readonly status: 'good' | 'revoked';
  readonly revocation_date: string | null;
  readonly reason: RevocationReason | null;
  readonly invalidity_date: string | null;
}

/** Certificates that something can rest on, and those that rest on them. */
@Injectable()
export class BaseCertificates {
  constructor(
    @Inject(Issuers) private readonly issuers: Issuers,
    @Inject(PersonStore) private readonly persons: PersonStore,
    @Inject(CallerWatch) private readonly watch: CallerWatch,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  /** Before a caller asks; it is watched as at identifications. @throws RegistryError as `CallerWatch.admit` */
  admit(caller: string): Promise<void> {
    return this.watch.admit(caller);
  }

  /** After it has asked. @param accepted the base, when there was a proof */
  observe(caller: string, certificate: Certificate, { issuer, accepted }: Observed): void {
    this.watch.observe(caller, { authority: issuer, certificate, personId: accepted?.person.person_id });
  }

  /**
   * The certificate that stands for a person, unless another one is registered under its serial number; its status stays
   * what it is, and the person known, until the transaction ends.
   */
  async find(client: Queries, certificate: Certificate): Promise<FoundBase> {
    const issuer = (await this.issuers.of(certificate))?.authority;
    const authorityId = issuer?.authorityId ?? '';
    const fingerprint = this.vault.fingerprintIndex(createHash('sha256').update(certificate.der).digest('hex'));
    const { rows } = await client.query<Row>(
      `SELECT certificate_id, not_after, status, revocation_date, reason, invalidity_date, ${PERSON_COLUMNS}
       FROM certificate JOIN person USING (person_id)
       WHERE authority_id = $1 AND serial_index = $2 AND coalesce(fingerprint_index, $3) = $3
         AND person_key_sealed IS NOT NULL
       FOR SHARE OF certificate, person`,
      [authorityId, this.vault.serialIndex(authorityId, certificate.serialNumber), fingerprint],
    );
    const [row] = rows;
    if (!row) return { issuer, base: undefined };
    const { certificate_id: certificateId, not_after } = row;
    return { issuer, base: { certificateId, notAfter: Number(not_after), status: statusOf(row), person: row } };
  }

  /** Undefined: its authority is not known here. Its status stays what it is until the transaction ends. */
  async derived(client: Queries, certificate: Certificate): Promise<DerivedCertificate | undefined> {
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

  /** By which the person finds what is noted of the certificate. */
  async viewingKey(client: Queries, base: BaseCertificate): Promise<ViewingKey | undefined> {
    const [opened] = await this.persons.keysOf(client, base);
    return opened && viewingKeyOf(opened.key);
  }
}
