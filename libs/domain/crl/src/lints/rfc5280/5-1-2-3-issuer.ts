import { DerReader } from '@kakunin/der';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.1.2.3: the issuer has a name. */
export const issuerRule: CrlLint = {
  name: 'rfc5280/5-1-2-3-issuer',
  check: (crl) => (DerReader.of(crl.issuer).sequence().done ? 'The issuer has no name.' : undefined),
};
