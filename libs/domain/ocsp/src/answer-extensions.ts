import {
  constructed,
  contextConstructed,
  encodeDer,
  generalizedTime,
  integer,
  nothing,
  octetString,
  sequence,
} from '@kakunin/der';
import { type Extension, hashAlgorithmIdentifier } from '@kakunin/x509';
import { OCSP } from './object-identifiers.ts';

/**
 * archiveCutoff (RFC 6960, 4.4.4): certificates that expired after this instant (epoch ms) are still answered about.
 * A single extension.
 */
export const archiveCutoff = (instant: number): Extension => ({
  id: OCSP.archiveCutoff,
  critical: false,
  value: encodeDer(generalizedTime(instant)),
});

/**
 * CertHash (Common PKI 2.0, part 4): the SHA-256 of the certificate itself, which proves that the authority
 * issued it and that no other with its serial number is meant. A single extension.
 */
export const certHash = (fingerprint: Uint8Array): Extension => ({
  id: OCSP.certHash,
  critical: false,
  value: encodeDer(sequence(hashAlgorithmIdentifier.sha256, octetString(fingerprint))),
});

/** The CRL that an answer was taken from (RFC 6960, 4.4.2), by its number and thisUpdate (epoch ms). A single extension. */
export const crlReference = (crl: { readonly crlNumber: bigint; readonly thisUpdate: number }): Extension => ({
  id: OCSP.crlReference,
  critical: false,
  value: encodeDer(
    sequence(
      constructed(contextConstructed(1), [integer(crl.crlNumber)]),
      constructed(contextConstructed(2), [generalizedTime(crl.thisUpdate)]),
    ),
  ),
});

/** Extended revoke (RFC 6960, 4.4.8): `revoked` may also mean that the certificate was never issued. A response extension. */
export const EXTENDED_REVOKE: Extension = { id: OCSP.extendedRevoke, critical: false, value: encodeDer(nothing) };

/** What an answer tells about one certificate beside its status, in the order of writing. */
export const singleExtensions = (told: {
  readonly archiveCutoff?: number | undefined;
  readonly fingerprint?: Uint8Array | undefined;
}): readonly Extension[] => [
  ...(told.archiveCutoff === undefined ? [] : [archiveCutoff(told.archiveCutoff)]),
  ...(told.fingerprint ? [certHash(told.fingerprint)] : []),
];
