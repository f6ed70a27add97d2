import { StatusIndex } from '@kakunin/status-index';
import { FIRST_SERIAL, sequentialSerials } from '../index/serial-writer.ts';

const NOT_AFTER = Date.UTC(2031, 0, 1);
const DATES = 1_000;

/** Statuses at a thousand moments of a year, so that filling makes no objects. */
const REVOKED = Array.from({ length: DATES }, (_, at) => ({
  notAfter: NOT_AFTER,
  carrier: 'card' as const,
  status: { status: 'revoked', reason: 'superseded', revocationDate: Date.UTC(2026, 0, 1) + at * 31_000_000 } as const,
}));

/** Serial numbers that count, all of them revoked: spread over so many partitions, or over none. */
export function revokedIndex(count: number, partitions = 0): StatusIndex {
  const index = StatusIndex.create({ kind: 'sequential', first: FIRST_SERIAL }, { partitions: partitions > 0 });
  const serialOf = sequentialSerials();
  const labels = Array.from({ length: partitions }, (_, at) => String(10_000 + at));
  for (let ordinal = 0; ordinal < count; ordinal += 1) {
    const certificate = REVOKED[(ordinal * 7919) % DATES]!;
    const partition = labels[(ordinal * 31) % partitions];
    index.put(serialOf(ordinal), partition === undefined ? certificate : { ...certificate, partition });
  }
  return index;
}
