import { ENTRY_FACT } from '../../stream/entry-facts.ts';
import type { CrlLint } from '../crl-lint.ts';

/** Ours: entries come by serial number, each once, so that two CRLs can be compared in one pass. */
export const ascendingSerialNumbersRule: CrlLint = {
  name: 'profile/ascending-serial-numbers',
  check: ({ entryFacts }) =>
    entryFacts & ENTRY_FACT.outOfOrder ? 'Serial numbers do not ascend, or one comes twice.' : undefined,
};
