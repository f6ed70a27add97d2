import * as fc from 'fast-check';
import { type AuditDraft, auditEntrySchema } from '../audit-entry.ts';

const code = fc.constantFrom('pf-a', 'pf-b', 'sp-a', 'a', 'ab', 'b');

/** Any draft, with values that are easily mistaken for one another. */
export const auditDraft: fc.Arbitrary<AuditDraft> = fc
  .record({
    at: fc.nat(20),
    caller: code,
    onBehalfOf: fc.option(code, { nil: undefined }),
    action: fc.constantFrom(...auditEntrySchema.shape.action.options),
    purpose: code,
    outcome: fc.constantFrom('granted' as const, 'refused' as const),
    holderTag: fc.option(fc.constantFrom('0'.repeat(32), 'f'.repeat(32)), { nil: undefined }),
  })
  .map((draft) => Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined)) as AuditDraft);
