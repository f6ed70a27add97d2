import { CRL_EXTENSION, readIssuingDistributionPoint } from '../../crl-extensions.ts';
import { extensionOf } from '../../stream/crl-report.ts';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.2.5: the scope is critical, not empty, and of one kind of certificates at most. */
export const issuingDistributionPointRule: CrlLint = {
  name: 'rfc5280/5-2-5-issuing-distribution-point',
  check: (crl) => {
    const extension = extensionOf(crl, CRL_EXTENSION.issuingDistributionPoint);
    if (!extension) return undefined;
    if (!extension.critical) return 'issuingDistributionPoint is not critical.';
    const { fullName, onlyContains } = readIssuingDistributionPoint(extension.value);
    return fullName.length === 0 && !onlyContains ? 'issuingDistributionPoint is empty.' : undefined;
  },
};
