import { DerReader } from '@kakunin/der';
import { EXTENSION } from '@kakunin/x509';
import { CRL_EXTENSION } from '../../crl-extensions.ts';
import { extensionOf } from '../../stream/crl-report.ts';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.2.4: a delta is critically one, and its number is not below that of its base. */
export const deltaCrlIndicatorRule: CrlLint = {
  name: 'rfc5280/5-2-4-delta-crl-indicator',
  check: (crl) => {
    const indicator = extensionOf(crl, CRL_EXTENSION.deltaCrlIndicator);
    if (!indicator) return undefined;
    if (!indicator.critical) return 'deltaCRLIndicator is not critical.';
    const number = extensionOf(crl, EXTENSION.crlNumber);
    if (!number) return undefined;
    const [base, own] = [indicator, number].map(({ value }) => DerReader.of(value).bigInteger());
    return base! <= own! ? undefined : 'The number of a delta is below that of its base.';
  },
};
