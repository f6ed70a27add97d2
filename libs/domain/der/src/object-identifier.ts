import { DerError } from './der-error.ts';

/** OBJECT IDENTIFIER content octets of a dotted text such as `2.5.29.20` (X.690, 8.19). */
export function encodeObjectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left % 128) | 0x80);
    octets.push(...groups);
  }
  return Uint8Array.from(octets);
}

/**
 * Dotted text of OBJECT IDENTIFIER content octets.
 * @throws DerError when an arc is cut off, not minimal, or beyond 2⁵³
 */
export function decodeObjectIdentifier(content: Uint8Array): string {
  let dotted = '';
  let arc = 0;
  let inside = false;
  for (const octet of content) {
    if (!inside && octet === 0x80) throw new DerError('An arc of an OBJECT IDENTIFIER has a leading zero group.');
    arc = arc * 128 + (octet & 0x7f);
    if (!Number.isSafeInteger(arc)) throw new DerError('An arc of an OBJECT IDENTIFIER is too large.');
    inside = octet >= 0x80;
    if (inside) continue;
    dotted = dotted === '' ? firstTwoArcs(arc) : `${dotted}.${arc}`;
    arc = 0;
  }
  if (inside || dotted === '') throw new DerError('An OBJECT IDENTIFIER is cut off.');
  return dotted;
}

/** X.690, 8.19.4: roots 0 and 1 have 40 arcs each, root 2 has the rest. */
function firstTwoArcs(arc: number): string {
  const root = Math.min(2, Math.floor(arc / 40));
  return `${root}.${arc - root * 40}`;
}
