import type { CertificateRecord } from '@kakunin/certificates';
import type { RegisteredAuthority } from '../authorities/authority.store.ts';
import type { Vault } from '../keys/vault.ts';
import type { CertificateName } from './certificate-draft.ts';

/** A record with the blind indexes of everything that it names. */
export interface NamedRecord {
  readonly record: CertificateRecord;
  readonly name: CertificateName;
  readonly predecessor: CertificateName | undefined;
  readonly holderIndex: Buffer | undefined;
  readonly fingerprintIndex: Buffer | undefined;
}

export function nameRecord(
  vault: Vault,
  { authorityId, holderRealm }: RegisteredAuthority,
  record: CertificateRecord,
): NamedRecord {
  const { serialNumber, predecessor, holder, fingerprint } = record;
  const nameOf = (issuer: string, serial: string): CertificateName => ({
    authorityId: issuer,
    serialIndex: vault.serialIndex(issuer, serial),
  });
  return {
    record,
    name: nameOf(authorityId, serialNumber),
    predecessor: predecessor && nameOf(predecessor.authorityId ?? authorityId, predecessor.serialNumber),
    holderIndex: holder === undefined ? undefined : vault.holderIndex(holderRealm, holder),
    fingerprintIndex: fingerprint === undefined ? undefined : vault.fingerprintIndex(fingerprint),
  };
}
