import { applyChanges } from './merge-lists.ts';
import type { CrlRecord } from './crl-record.ts';
import { EvidenceError } from '../evidence-error.ts';

/**
 * The octets of a CRL, as they were signed and published. Memory does not grow with it.
 * @param record of this CRL
 * @param bases those that its list is of changes to, one after the other; the last is whole
 * @throws EvidenceError `malformed_record`
 */
export async function* rebuildCrl(record: CrlRecord, bases: readonly CrlRecord[]): AsyncGenerator<Uint8Array> {
  const chain = [record, ...bases];
  const whole = chain.pop();
  if (!whole || whole.facts.base) throw new EvidenceError('malformed_record', 'No whole list of entries is there.');
  yield record.head;
  yield* applyChanges(
    whole.list,
    chain.map(({ list }) => list),
  );
  yield record.tail;
}
