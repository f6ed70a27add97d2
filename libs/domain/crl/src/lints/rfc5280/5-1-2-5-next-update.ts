import { statedAsItShould } from '../stated-time.ts';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.1.2.5: nextUpdate is there, comes after thisUpdate, and is UTCTime through 2049. */
export const nextUpdateRule: CrlLint = {
  name: 'rfc5280/5-1-2-5-next-update',
  check: ({ thisUpdate, nextUpdate }) => {
    if (!nextUpdate) return 'nextUpdate is missing.';
    if (nextUpdate.instant <= thisUpdate.instant) return 'nextUpdate is not after thisUpdate.';
    return statedAsItShould(nextUpdate) ? undefined : 'nextUpdate has the wrong form for its year.';
  },
};
