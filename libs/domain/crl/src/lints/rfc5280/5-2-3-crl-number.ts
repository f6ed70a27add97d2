import { DerReader } from '@kakunin/der';
import { EXTENSION } from '@kakunin/x509';
import { extensionOf } from '../../stream/crl-report.ts';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.2.3: the CRL has a number, of at most 20 octets. */
export const crlNumberRule: CrlLint = {
  name: 'rfc5280/5-2-3-crl-number',
  check: (crl) => {
    const extension = extensionOf(crl, EXTENSION.crlNumber);
    if (!extension) return 'crlNumber is missing.';
    const octets = DerReader.of(extension.value).integer();
    return octets[0]! >= 0x80 || octets.length > 20 ? 'crlNumber is negative or too long.' : undefined;
  },
};
