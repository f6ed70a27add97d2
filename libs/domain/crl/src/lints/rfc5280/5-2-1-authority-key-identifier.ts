import { DerReader } from '@kakunin/der';
import { EXTENSION, readKeyIdentifier } from '@kakunin/x509';
import { extensionOf } from '../../stream/crl-report.ts';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.2.1: the key is named, by its key identifier. */
export const authorityKeyIdentifierRule: CrlLint = {
  name: 'rfc5280/5-2-1-authority-key-identifier',
  check: (crl) => {
    const extension = extensionOf(crl, EXTENSION.authorityKeyIdentifier);
    if (!extension) return 'authorityKeyIdentifier is missing.';
    return readKeyIdentifier(DerReader.of(extension.value))
      ? undefined
      : 'authorityKeyIdentifier has no keyIdentifier.';
  },
};
