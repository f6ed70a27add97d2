import type { OctetRange } from '@kakunin/objects';

const SINGLE_RANGE = /^bytes=(\d*)-(\d*)$/;

/**
 * The one range that a Range header asks for (RFC 9110, 14.2).
 * @param bytes size of the representation
 * @returns undefined, the whole of it, for a header that asks for several ranges, or that is not understood
 */
export function rangeOf(header: string | undefined, bytes: number): Required<OctetRange> | 'unsatisfiable' | undefined {
  const [matched, first = '', last = ''] = SINGLE_RANGE.exec(header ?? '') ?? [];
  if (matched === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const suffix = Math.min(Number(last), bytes);
    return suffix === 0 ? 'unsatisfiable' : { start: bytes - suffix, end: bytes };
  }
  if (last !== '' && Number(last) < Number(first)) return undefined;
  if (Number(first) >= bytes) return 'unsatisfiable';
  return { start: Number(first), end: last === '' ? bytes : Math.min(Number(last) + 1, bytes) };
}
