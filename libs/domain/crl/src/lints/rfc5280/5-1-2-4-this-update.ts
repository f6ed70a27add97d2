import { statedAsItShould } from '../stated-time.ts';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.1.2.4: thisUpdate is UTCTime through 2049. */
export const thisUpdateRule: CrlLint = {
  name: 'rfc5280/5-1-2-4-this-update',
  check: (crl) => (statedAsItShould(crl.thisUpdate) ? undefined : 'thisUpdate has the wrong form for its year.'),
};
