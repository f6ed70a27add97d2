import { equalOctets } from '@kakunin/der';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.1.1.2 and 5.1.2.2: the algorithm beside the signature is the one that was signed. */
export const signatureAlgorithmRule: CrlLint = {
  name: 'rfc5280/5-1-1-2-signature-algorithm',
  check: ({ signature, signatureAlgorithm }) =>
    equalOctets(signature, signatureAlgorithm) ? undefined : 'The two signature algorithms differ.',
};
