import { createHash } from 'node:crypto';
import type { CertificateStatus, RevocationReason } from '@kakunin/certificates';
import { type PersonKey, personKeyOf, type SectorKey, sectorKeyOf } from '@kakunin/linkage';
import type { Certificate } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import { statusOf } from '../certificates/certificate.mapping.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { Vault } from '../keys/vault.ts';
import { openPersonKey } from '../persons/person-keys.ts';
import { RegistryMetrics } from '../registry-metrics.ts';
import { openSectorKey } from '../sectors/sector-store.ts';

/** A certificate that stands for a person. */
export interface LinkedCertificate {
  readonly certificateId: string;
  readonly status: CertificateStatus;
  readonly statusSince: number;
  /** True when another certificate has taken its place. */
  readonly succeeded: boolean;
  readonly personKey: PersonKey;
}

interface CertificateRow {
  readonly certificate_id: string;
  readonly status: 'good' | 'revoked';
  readonly revocation_date: string | null;
  readonly reason: RevocationReason | null;
  readonly invalidity_date: string | null;
  readonly status_since: string;
  readonly succeeded: boolean;
  readonly holder_index: Buffer;
  readonly person_key_sealed: Buffer;
}

export interface AuditEntry {
  readonly at: number;
  readonly platformProvider: string;
  readonly serviceProvider: string;
  /** Set when the person was identified. */
  readonly certificateId: string | undefined;
}

/** SQL of identifications. */
@Injectable()
export class IdentificationStore {
  #nobody: { readonly owner: string; readonly sealed: Buffer } | undefined;

  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(RegistryMetrics) private readonly metrics: RegistryMetrics,
  ) {}

  /** The row of a certificate that is linked to a person, unless another fingerprint is registered for it. */
  async findCertificate(authorityId: string, certificate: Certificate): Promise<LinkedCertificate | undefined> {
    const fingerprint = this.vault.fingerprintIndex(createHash('sha256').update(certificate.der).digest('hex'));
    const { rows } = await this.database.query<CertificateRow>(
      `SELECT certificate_id, status, revocation_date, reason, invalidity_date, status_since,
         holder_index, person_key_sealed,
         EXISTS (SELECT FROM succession WHERE predecessor_id = certificate_id) AS succeeded
       FROM certificate JOIN person USING (person_id)
       WHERE person_key_sealed IS NOT NULL AND authority_id = $1 AND serial_index = $2 AND coalesce(fingerprint_index, $3) = $3`,
      [authorityId, this.vault.serialIndex(authorityId, certificate.serialNumber), fingerprint],
    );
    const [row] = rows;
    return (
      row && {
        certificateId: row.certificate_id,
        status: statusOf(row),
        statusSince: Number(row.status_since),
        succeeded: row.succeeded,
        personKey: openPersonKey(this.vault, row),
      }
    );
  }

  /** The key of the sector, when the service provider is registered and stands behind the platform provider. */
  async findSectorKey(serviceProvider: string, platformProvider: string): Promise<SectorKey | undefined> {
    const { rows } = await this.database.query<{ sector: string; version: number; sector_key_sealed: Buffer }>(
      `SELECT sector, version, sector_key_sealed FROM sector_step JOIN sector_key USING (sector, version)
         JOIN relying_party ON code = service_provider
       WHERE service_provider = $1 AND platform_provider = $2 AND given_until IS NULL`,
      [serviceProvider, platformProvider],
    );
    return rows[0] && openSectorKey(this.vault, rows[0]);
  }

  /** Opens keys of nobody: the same work as for somebody. */
  decoyKeys(): { readonly personKey: PersonKey; readonly sectorKey: SectorKey } {
    this.#nobody ??= { owner: 'nobody', sealed: this.vault.seal('nobody', new Uint8Array(32)) };
    const { owner, sealed } = this.#nobody;
    const octets = this.vault.open(owner, sealed);
    return { personKey: personKeyOf(octets), sectorKey: sectorKeyOf(octets) };
  }

  /** Notes who asked and whether a name was given; and, when it was, to whom news of the certificate belongs. */
  async record({ at, platformProvider, serviceProvider, certificateId }: AuditEntry): Promise<void> {
    const outcome = certificateId === undefined ? 'not_identifiable' : 'identified';
    await this.database.transaction(async (client) => {
      await client.query(
        'INSERT INTO identification_audit (at, platform_provider, service_provider, outcome) VALUES ($1, $2, $3, $4)',
        [at, platformProvider, serviceProvider, outcome],
      );
      if (certificateId === undefined) return;
      await client.query(
        `INSERT INTO presentation (certificate_id, service_provider, key_id, given_at)
         SELECT certificate_id, $2, person_id, $3 FROM certificate WHERE certificate_id = $1 ON CONFLICT DO NOTHING`,
        [certificateId, serviceProvider, at],
      );
    });
    this.metrics.identifications.inc({ outcome });
  }
}
