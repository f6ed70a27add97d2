import type { EntryCursor } from './compare-crls.ts';
import type { ListedCertificate } from './revoked-certificate.ts';
import { compareSerialNumbers } from './serial-order.ts';

/** A cursor over entries of a CRL that is not written yet; one object may come again and again. */
export function cursorOver(entries: Iterable<ListedCertificate>): EntryCursor {
  const iterator = entries[Symbol.iterator]();
  let entry: ListedCertificate | undefined;
  let before: Uint8Array | undefined;
  let inOrder = true;
  return {
    get entry() {
      return entry!;
    },
    get inOrder() {
      return inOrder;
    },
    advance: () => {
      const next = iterator.next();
      if (next.done) return false;
      entry = next.value;
      if (before && compareSerialNumbers(before, entry.serialNumber) >= 0) inOrder = false;
      before = Uint8Array.from(entry.serialNumber);
      return true;
    },
  };
}
