import type { CrlLint } from '../crl-lint.ts';

const V2 = 1;

/** RFC 5280, 5.1.2.1: with extensions, and every CRL has some (5.2), the version is 2. */
export const versionRule: CrlLint = {
  name: 'rfc5280/5-1-2-1-version',
  check: ({ version }) => (version === V2 ? undefined : 'The version is not 2.'),
};
