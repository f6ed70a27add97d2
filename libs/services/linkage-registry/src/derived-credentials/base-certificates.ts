import { createHash } from 'node:crypto';
import { type ViewingKey, viewingKeyOf } from '@kakunin/audit';
import type { CertificateStatus, RevocationReason } from '@kakunin/certificates';
import { type Certificate, isIssuedBy } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import { AuthorityStore } from '../authorities/authority.store.ts';
import { statusOf } from '../certificates/certificate.mapping.ts';
import type { Queries } from '../database/queries.ts';
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

interface Row extends PersonRow {
  readonly certificate_id: string;
  readonly not_after: string;
  readonly status: 'good' | 'revoked';
  readonly revocation_date: string | null;
  readonly reason: RevocationReason | null;
  readonly invalidity_date: string | null;
}

/** Certificates that something can rest on. */
@Injectable()
export class BaseCertificates {
  constructor(
    @Inject(AuthorityStore) private readonly authorities: AuthorityStore,
    @Inject(PersonStore) private readonly persons: PersonStore,
    @Inject(CallerWatch) private readonly watch: CallerWatch,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  /** Before a caller asks. @throws RegistryError `calls_exhausted` | `persons_exhausted` | `caller_blocked` */
  admit(caller: string): Promise<void> {
    return this.watch.admit(caller);
  }

  /**
   * The certificate that stands for a person, unless another one is registered under its serial number; its status stays
   * what it is until the transaction ends. Who asks is watched as at identifications.
   */
  async find(
    client: Queries,
    { caller, certificate }: { readonly caller: string; readonly certificate: Certificate },
  ): Promise<BaseCertificate | undefined> {
    const authorities = await this.authorities.all(client);
    const issuer = authorities.find((each) => isIssuedBy(certificate, this.authorities.certificateOf(each)));
    const authorityId = issuer?.authorityId ?? '';
    const fingerprint = this.vault.fingerprintIndex(createHash('sha256').update(certificate.der).digest('hex'));
    const { rows } = await client.query<Row>(
      `SELECT certificate_id, not_after, status, revocation_date, reason, invalidity_date, ${PERSON_COLUMNS}
       FROM certificate JOIN person USING (person_id)
       WHERE authority_id = $1 AND serial_index = $2 AND coalesce(fingerprint_index, $3) = $3
         AND person_key_sealed IS NOT NULL
       FOR SHARE OF certificate`,
      [authorityId, this.vault.serialIndex(authorityId, certificate.serialNumber), fingerprint],
    );
    const [row] = rows;
    this.watch.observe(caller, { authority: issuer, certificate, linked: row && { person: row } });
    if (!row) return undefined;
    const { certificate_id: certificateId, not_after } = row;
    return { certificateId, notAfter: Number(not_after), status: statusOf(row), person: row };
  }

  /** By which the person finds what is noted of the certificate. */
  async viewingKey(client: Queries, base: BaseCertificate): Promise<ViewingKey | undefined> {
    const [opened] = await this.persons.keysOf(client, base);
    return opened && viewingKeyOf(opened.key);
  }
}
