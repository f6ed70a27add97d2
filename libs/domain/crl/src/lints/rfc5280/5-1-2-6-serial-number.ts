import { ENTRY_FACT } from '../../stream/entry-facts.ts';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.1.2.6 and 4.1.2.2: serial numbers are positive and of at most 20 octets. */
export const serialNumberRule: CrlLint = {
  name: 'rfc5280/5-1-2-6-serial-number',
  check: ({ entryFacts }) =>
    entryFacts & ENTRY_FACT.serialOutOfRange ? 'A serial number is negative or too long.' : undefined,
};
