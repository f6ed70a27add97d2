import { CRL_EXTENSION } from '../../crl-extensions.ts';
import { extensionOf } from '../../stream/crl-report.ts';
import { ENTRY_FACT } from '../../stream/entry-facts.ts';
import type { CrlLint } from '../crl-lint.ts';

/** RFC 5280, 5.3.1: `unspecified` is left out, removeFromCRL stands in deltas only; neither detail is critical (5.3.2 too). */
export const reasonCodeRule: CrlLint = {
  name: 'rfc5280/5-3-1-reason-code',
  check: (crl) => {
    const { entryFacts } = crl;
    if (entryFacts & ENTRY_FACT.criticalDetail) return 'reasonCode or invalidityDate is critical.';
    if (entryFacts & ENTRY_FACT.statesUnspecified) return 'The reason `unspecified` is stated.';
    const isDelta = extensionOf(crl, CRL_EXTENSION.deltaCrlIndicator) !== undefined;
    return entryFacts & ENTRY_FACT.statesRemoveFromCrl && !isDelta ? 'removeFromCRL stands in no delta.' : undefined;
  },
};
