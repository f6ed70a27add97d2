import { createHash } from 'node:crypto';
import { authoritySchema, holderSchema } from '@kakunin/certificates';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AuthorityStore } from '../authorities/authority.store.ts';
import { certificateTextSchema, readCertificateText } from '../certificate-text.ts';
import type { Queries } from '../database/queries.ts';
import { Issuers } from '../identifications/issuers.ts';
import { Vault } from '../keys/vault.ts';
import { RegistryError } from '../registry-error.ts';
import { loadCircle } from './circle.store.ts';
import { PersonStore } from './person-store.ts';

export const holderReferenceSchema = z
  .strictObject({ authorityId: authoritySchema.shape.authorityId, holder: holderSchema })
  .describe("The authority's own handle for the person.");
export type HolderReference = z.output<typeof holderReferenceSchema>;

/** Who is meant, as a certificate authority can say it: never by a serial number. */
export const personReferenceSchema = z.union([
  holderReferenceSchema,
  z.strictObject({ certificate: certificateTextSchema }).describe('Whoever holds this certificate.'),
]);
export type PersonReference = z.output<typeof personReferenceSchema>;

/** A certificate that is linked to a person. */
export interface KnownCertificate {
  readonly certificateId: string;
  /** With whom it was registered. */
  readonly personId: string;
}

/** Finds whom a certificate authority means. */
@Injectable()
export class PersonDirectory {
  constructor(
    @Inject(AuthorityStore) private readonly authorities: AuthorityStore,
    @Inject(Issuers) private readonly issuers: Issuers,
    @Inject(PersonStore) private readonly persons: PersonStore,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  /** @throws RegistryError `person_unknown` */
  async require(client: Queries, reference: PersonReference): Promise<string> {
    if ('certificate' in reference)
      return this.#holderOf(client, await this.certificate(client, reference.certificate));
    const { rows } = await client.query<{ person_id: string }>(
      'SELECT person_id FROM person WHERE holder_index = $1 AND erased_at IS NULL',
      [await this.holderIndex(client, reference)],
    );
    return rows[0]?.person_id ?? unknown();
  }

  /** @throws CertificatesError `authority_unknown` */
  async holderIndex(client: Queries, { authorityId, holder }: HolderReference): Promise<Buffer> {
    const { holderRealm } = await this.authorities.require(client, authorityId);
    return this.vault.holderIndex(holderRealm, holder);
  }

  /** @throws RegistryError `person_unknown`; X509Error */
  async certificate(client: Queries, text: string): Promise<KnownCertificate> {
    const certificate = readCertificateText(text);
    const issuer = (await this.issuers.of(certificate))?.authority;
    if (!issuer) return unknown();
    const { rows } = await client.query<{ certificate_id: string; person_id: string }>(
      `SELECT certificate_id, person_id FROM certificate JOIN person USING (person_id)
       WHERE serial_index = $1 AND authority_id = $2 AND coalesce(fingerprint_index, $3) = $3 AND erased_at IS NULL`,
      [
        this.vault.serialIndex(issuer.authorityId, certificate.serialNumber),
        issuer.authorityId,
        this.vault.fingerprintIndex(createHash('sha256').update(certificate.der).digest('hex')),
      ],
    );
    return rows[0] ? { certificateId: rows[0].certificate_id, personId: rows[0].person_id } : unknown();
  }

  async #holderOf(client: Queries, { certificateId, personId }: KnownCertificate): Promise<string> {
    const circle = await loadCircle(client, [personId]);
    return this.persons.viewOf(circle).personOf(certificateId) ?? unknown();
  }
}

function unknown(): never {
  throw new RegistryError('person_unknown', 'Nobody that is known here is meant.');
}
