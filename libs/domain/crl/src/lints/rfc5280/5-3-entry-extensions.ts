import { ENTRY_FACT } from '../../stream/entry-facts.ts';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.3: extensions of entries are those that it knows, in a list that is not empty; ours are never indirect (5.3.3). */
export const entryExtensionsRule: CrlLint = {
  name: 'rfc5280/5-3-entry-extensions',
  check: ({ entryFacts }) => {
    if (entryFacts & ENTRY_FACT.emptyExtensions) return 'An entry has an empty list of extensions.';
    if (entryFacts & ENTRY_FACT.unknownCritical) return 'A critical extension of an entry is unknown.';
    return entryFacts & ENTRY_FACT.certificateIssuer ? 'An entry names another certificate issuer.' : undefined;
  },
};
