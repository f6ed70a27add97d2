import { CRL_EXTENSION } from '../../crl-extensions.ts';
import type { CrlLint } from '../crl-lint.ts';

/** AuthorityKeyIdentifier and crlNumber may not, by 5.2.1 (4.2.1.1) and 5.2.3. */
const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([
  CRL_EXTENSION.deltaCrlIndicator,
  CRL_EXTENSION.issuingDistributionPoint,
]);

/** RFC 5280, 5.2: no critical extension that RFC 5280 does not know; those it knows are critical or not as it says. */
export const extensionsRule: CrlLint = {
  name: 'rfc5280/5-2-extensions',
  check: ({ extensions }) =>
    extensions.some(({ id, critical }) => critical && !MAY_BE_CRITICAL.has(id))
      ? 'An extension is critical that must not be, or is unknown.'
      : undefined,
};
