import {
  boolean,
  constructed,
  contextConstructed,
  contextPrimitive,
  DerError,
  DerReader,
  encodeDer,
  generalizedTime,
  integer,
  primitive,
  sequence,
  text,
} from '@kakunin/der';
import { crlDistributionPoints, type Extension } from '@kakunin/x509';

/** Extensions that only CRLs have (RFC 5280, 5.2 and 5.3; X.509, 9.5.2.8). */
export const CRL_EXTENSION = {
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  freshestCrl: '2.5.29.46',
  expiredCertsOnCrl: '2.5.29.60',
} as const;

/** Which certificates a CRL is about, when it is not all of its issuer's (RFC 5280, 5.2.5). */
export interface IssuingDistributionPoint {
  /** URLs of this very CRL or partition; the same as in cRLDistributionPoints of its certificates. */
  readonly fullName: readonly string[];
  readonly onlyContains?: 'userCerts' | 'caCerts' | 'attributeCerts' | undefined;
}

const ONLY_CONTAINS = { userCerts: 1, caCerts: 2, attributeCerts: 5 } as const;
const INDIRECT_CRL = contextPrimitive(4);
const ONLY_SOME_REASONS = contextPrimitive(3);

/** Critical, as RFC 5280, 5.2.5 wants. */
export function issuingDistributionPoint({ fullName, onlyContains }: IssuingDistributionPoint): Extension {
  const names = fullName.map((url) => text(contextPrimitive(6), url));
  const point =
    names.length > 0 ? constructed(contextConstructed(0), [constructed(contextConstructed(0), names)]) : undefined;
  const flag =
    onlyContains && primitive(contextPrimitive(ONLY_CONTAINS[onlyContains]), boolean(true).content as Uint8Array);
  return { id: CRL_EXTENSION.issuingDistributionPoint, critical: true, value: encodeDer(sequence(point, flag)) };
}

/**
 * Reads an issuingDistributionPoint; indirect CRLs, CRLs of some reasons, and names that are no URLs are none of ours.
 * @throws DerError
 */
export function readIssuingDistributionPoint(value: Uint8Array): IssuingDistributionPoint {
  const fields = DerReader.of(value).sequence();
  const point = fields.enterIf(contextConstructed(0));
  const fullName = point ? readUrls(point.enter(contextConstructed(0))) : [];
  point?.finish();
  let onlyContains: IssuingDistributionPoint['onlyContains'];
  while (!fields.done) {
    const tag = fields.peek();
    if (tag === INDIRECT_CRL || tag === ONLY_SOME_REASONS) throw new DerError('The scope of a CRL is not supported.');
    const scope = (['userCerts', 'caCerts', 'attributeCerts'] as const).find(
      (name) => contextPrimitive(ONLY_CONTAINS[name]) === tag,
    );
    if (!scope || onlyContains) throw new DerError('The scope of a CRL is malformed.');
    const flag = fields.content(tag);
    // X.690, 11.5: FALSE is the default and left out.
    if (flag.length !== 1 || flag[0] !== 0xff) throw new DerError('A flag of the scope of a CRL is malformed.');
    onlyContains = scope;
  }
  return { fullName, onlyContains };
}

function readUrls(names: DerReader): readonly string[] {
  const urls: string[] = [];
  while (!names.done) urls.push(Buffer.from(names.content(contextPrimitive(6))).toString('latin1'));
  return urls;
}

/** Where the deltas to this complete CRL lie; not critical (RFC 5280, 5.2.6). */
export const freshestCrl = (...urls: readonly string[]): Extension => ({
  ...crlDistributionPoints(...urls),
  id: CRL_EXTENSION.freshestCrl,
});

/** Makes a CRL a delta to the complete one of this number; critical (RFC 5280, 5.2.4). */
export const deltaCrlIndicator = (baseCrlNumber: bigint): Extension => ({
  id: CRL_EXTENSION.deltaCrlIndicator,
  critical: true,
  value: encodeDer(integer(baseCrlNumber)),
});

/**
 * Entries stay on the CRL after their certificates have expired, of all certificates that expired since then (X.509,
 * 9.5.2.8); not critical.
 * @param since epoch ms
 */
export const expiredCertsOnCrl = (since: number): Extension => ({
  id: CRL_EXTENSION.expiredCertsOnCrl,
  critical: false,
  value: encodeDer(generalizedTime(since)),
});
