import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.1.2.6: when nothing is revoked, the list must be absent. */
export const emptyListRule: CrlLint = {
  name: 'rfc5280/5-1-2-6-empty-list',
  check: ({ hasList, entries }) => (hasList && entries === 0 ? 'An empty list of entries is there.' : undefined),
};
