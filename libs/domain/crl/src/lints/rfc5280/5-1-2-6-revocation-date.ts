import { ENTRY_FACT } from '../../stream/entry-facts.ts';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.1.2.6: a revocationDate is UTCTime through 2049. */
export const revocationDateRule: CrlLint = {
  name: 'rfc5280/5-1-2-6-revocation-date',
  check: ({ entryFacts }) =>
    entryFacts & ENTRY_FACT.needlessGeneralizedTime ? 'A revocationDate has the wrong form for its year.' : undefined,
};
