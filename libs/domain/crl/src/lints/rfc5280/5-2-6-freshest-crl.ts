import { CRL_EXTENSION } from '../../crl-extensions.ts';
import { extensionOf } from '../../stream/crl-report.ts';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.2.6: a delta must not name deltas. */
export const freshestCrlRule: CrlLint = {
  name: 'rfc5280/5-2-6-freshest-crl',
  check: (crl) =>
    extensionOf(crl, CRL_EXTENSION.freshestCrl) && extensionOf(crl, CRL_EXTENSION.deltaCrlIndicator)
      ? 'freshestCRL stands in a delta.'
      : undefined,
};
