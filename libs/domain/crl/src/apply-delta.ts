import type { EntryCursor } from './compare-crls.ts';
import type { ListedCertificate } from './revoked-certificate.ts';
import { compareSerialNumbers } from './serial-order.ts';

/**
 * The entries of a complete CRL with a delta applied (RFC 5280, 5.2.4), as a cursor: nothing is kept.
 * @param base of the complete CRL that the delta names, or of a later one of its scope
 * @param delta in the order of serial numbers
 */
export function applyDelta(base: EntryCursor, delta: readonly ListedCertificate[]): EntryCursor {
  let entry: ListedCertificate | undefined;
  let at = 0;
  /** Whether the base stands at an entry that was not given yet; it is moved only when that is needed. */
  let ahead = false;
  let behind = true;

  const settle = (more: boolean): boolean | Promise<boolean> => {
    ahead = more;
    for (;;) {
      const change = delta[at];
      if (!change && !ahead) return false;
      const order = !change ? -1 : !ahead ? 1 : compareSerialNumbers(base.entry.serialNumber, change.serialNumber);
      entry = order < 0 ? base.entry : change;
      behind = order <= 0;
      if (order >= 0) at += 1;
      if (order < 0 || change?.reason !== 'removeFromCRL') return true;
      if (!behind) continue;
      const next = base.advance();
      if (typeof next !== 'boolean') return next.then(settle);
      ahead = next;
    }
  };
  return {
    get entry() {
      return entry!;
    },
    get inOrder() {
      return base.inOrder;
    },
    // A newer list passes over what the base has, up to the next change; not where the base is ahead.
    advanceAlike: (newer) => {
      const passed = behind ? (newer.advanceAlike?.(base, delta[at]?.serialNumber) ?? 0) : 0;
      if (passed > 0) entry = base.entry;
      return passed;
    },
    advance: () => {
      const more = behind ? base.advance() : ahead;
      return typeof more === 'boolean' ? settle(more) : more.then(settle);
    },
  };
}
