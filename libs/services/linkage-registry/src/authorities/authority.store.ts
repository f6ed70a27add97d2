import type { Authority } from '@kakunin/certificates';
import { CertificatesError } from '@kakunin/certificates';
import { type Certificate, parseCertificate } from '@kakunin/x509';
import { Injectable } from '@nestjs/common';
import type { Queries } from '../database/queries.ts';

/** An authority as the registry keeps it. */
export interface RegisteredAuthority extends Authority {
  /** Authorities of one realm mean the same person by the same handle. */
  readonly holderRealm: string;
}

interface Row {
  readonly authority_id: string;
  readonly certificate_class: Authority['certificateClass'];
  readonly certificate: Buffer;
  readonly serial_scheme: Authority['serialScheme'];
  readonly holder_realm: string;
  readonly cert_hash: boolean;
  readonly partitioned: boolean;
}

const COLUMNS = 'authority_id, certificate_class, certificate, serial_scheme, holder_realm, cert_hash, partitioned';

export interface NewAuthority extends RegisteredAuthority {
  /** SHA-256 of the public key's bits. */
  readonly keyHash: Uint8Array;
  readonly registeredAt: number;
}

/** SQL of authorities: written once, never changed. */
@Injectable()
export class AuthorityStore {
  readonly #parsed = new Map<string, Certificate>();

  async all(client: Queries): Promise<readonly RegisteredAuthority[]> {
    const { rows } = await client.query<Row>(`SELECT ${COLUMNS} FROM authority ORDER BY authority_id`);
    return rows.map(authorityOf);
  }

  /** @throws CertificatesError `authority_unknown` */
  async require(client: Queries, authorityId: string): Promise<RegisteredAuthority> {
    const { rows } = await client.query<Row>(`SELECT ${COLUMNS} FROM authority WHERE authority_id = $1`, [authorityId]);
    const [row] = rows;
    if (row) return authorityOf(row);
    throw new CertificatesError(
      'authority_unknown',
      'No such authority: register it first ("kakunin authority register").',
    );
  }

  /** @returns undefined when it is new and now there; else what is there under its id or its key */
  async insert(client: Queries, authority: NewAuthority): Promise<RegisteredAuthority | undefined> {
    const { authorityId, certificateClass, certificate, serialScheme, holderRealm } = authority;
    const { certHash = false, partitioned = false } = authority;
    const { rowCount } = await client.query(
      `INSERT INTO authority (${COLUMNS}, key_hash, registered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT DO NOTHING`,
      [
        authorityId,
        certificateClass,
        Buffer.from(certificate, 'base64'),
        serialScheme,
        holderRealm,
        certHash,
        partitioned,
        authority.keyHash,
        authority.registeredAt,
      ],
    );
    if (rowCount === 1) return undefined;
    const { rows } = await client.query<Row>(
      `SELECT ${COLUMNS} FROM authority WHERE authority_id = $1 OR key_hash = $2 ORDER BY authority_id = $1 DESC LIMIT 1`,
      [authorityId, authority.keyHash],
    );
    return authorityOf(rows[0]!);
  }

  /** The authority's certificate, read once: it never changes. */
  certificateOf({ authorityId, certificate }: Authority): Certificate {
    const parsed = this.#parsed.get(authorityId) ?? parseCertificate(Buffer.from(certificate, 'base64'));
    this.#parsed.set(authorityId, parsed);
    return parsed;
  }
}

const authorityOf = (row: Row): RegisteredAuthority => ({
  authorityId: row.authority_id,
  certificateClass: row.certificate_class,
  certificate: row.certificate.toString('base64'),
  serialScheme: row.serial_scheme,
  holderRealm: row.holder_realm,
  ...(row.cert_hash && { certHash: true }),
  ...(row.partitioned && { partitioned: true }),
});
