import { DerError, DerReader, equalOctets } from '@kakunin/der';
import { EXTENSION, readKeyIdentifier } from '@kakunin/x509';
import { CRL_EXTENSION, readIssuingDistributionPoint } from './crl-extensions.ts';
import { type CrlReport, extensionOf } from './stream/crl-report.ts';
import type { CrlRefusal, ExpectedCrl } from './verify-crl.ts';

/** As {@link CrlRefusal}, and of a CRL that is another partition, or the delta to another CRL, than was wanted. */
export type ScopedRefusal = CrlRefusal | 'other_scope' | 'other_base';

/** Whose a CRL should be, and which one. */
export interface ExpectedScope extends ExpectedCrl {
  /** URL of the partition in issuingDistributionPoint; undefined: no partition, its issuingDistributionPoint names no URL. */
  readonly distributionPoint?: string | undefined;
  /** Of a delta; undefined: the CRL must be complete. */
  readonly baseCrlNumber?: bigint | undefined;
}

const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION.authorityKeyIdentifier,
  EXTENSION.crlNumber,
  CRL_EXTENSION.deltaCrlIndicator,
  CRL_EXTENSION.issuingDistributionPoint,
]);

/**
 * Whether a CRL that was read to its end is the authority's own, in force, and the one that is wanted (RFC 5280, 6.3.3).
 * @returns why not; undefined: nothing is wrong
 */
export function refusalOf(crl: CrlReport, expected: ExpectedScope): ScopedRefusal | undefined {
  const { authority, now, clockSkew = 0 } = expected;
  if (!equalOctets(crl.issuer, authority.subject)) return 'other_issuer';
  const keyIdentifier = keyIdentifierIn(crl);
  if (keyIdentifier && authority.subjectKeyIdentifier && !equalOctets(keyIdentifier, authority.subjectKeyIdentifier))
    return 'other_key';
  if (authority.keyUsage?.has('cRLSign') === false) return 'key_usage';
  if (crlNumberOf(crl) === undefined) return 'number_missing';
  if (crl.extensions.some(({ id, critical }) => critical && !UNDERSTOOD.has(id))) return 'critical_extension';
  const scope = scopeRefusal(crl, expected);
  if (scope) return scope;
  if (crl.thisUpdate.instant > now + clockSkew) return 'from_the_future';
  if (!crl.nextUpdate || crl.nextUpdate.instant < now - clockSkew) return 'out_of_date';
  // Of two algorithms the one that was signed is verified; that they are the same is a rule of its own.
  return equalOctets(crl.signature, crl.signatureAlgorithm) && crl.isSignedBy(authority.publicKey)
    ? undefined
    : 'wrong_signature';
}

/** The number of a CRL (RFC 5280, 5.2.3); undefined when it has none that can be read. */
export const crlNumberOf = (crl: Pick<CrlReport, 'extensions'>): bigint | undefined =>
  read(extensionOf(crl, EXTENSION.crlNumber)?.value, (value) => DerReader.of(value).bigInteger());

/** The number of the complete CRL that a delta belongs to (RFC 5280, 5.2.4); undefined of a complete one. */
export const baseCrlNumberOf = (crl: Pick<CrlReport, 'extensions'>): bigint | undefined =>
  read(extensionOf(crl, CRL_EXTENSION.deltaCrlIndicator)?.value, (value) => DerReader.of(value).bigInteger());

function scopeRefusal(crl: CrlReport, { distributionPoint, baseCrlNumber }: ExpectedScope): ScopedRefusal | undefined {
  const point = read(extensionOf(crl, CRL_EXTENSION.issuingDistributionPoint)?.value, readIssuingDistributionPoint);
  const isStated = extensionOf(crl, CRL_EXTENSION.issuingDistributionPoint) !== undefined;
  if (isStated && !point) return 'other_scope';
  const names = point?.fullName ?? [];
  if (distributionPoint === undefined ? names.length > 0 : !names.includes(distributionPoint)) return 'other_scope';
  return baseCrlNumberOf(crl) === baseCrlNumber ? undefined : 'other_base';
}

const keyIdentifierIn = (crl: CrlReport): Uint8Array | undefined =>
  read(extensionOf(crl, EXTENSION.authorityKeyIdentifier)?.value, (value) => readKeyIdentifier(DerReader.of(value)));

function read<T>(value: Uint8Array | undefined, decode: (value: Uint8Array) => T): T | undefined {
  try {
    return value && decode(value);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
