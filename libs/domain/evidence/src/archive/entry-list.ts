import { TAG } from '@kakunin/der';
import { EvidenceError } from '../evidence-error.ts';
import { OctetSource } from './octet-source.ts';

const HEADER = 2;
/** From an entry's beginning to its serial number: two headers. */
const SERIAL_IN_ENTRY = 4;

/**
 * A list of elements in the order of their serial numbers, read one by one: an entry of a CRL as it stands there (a
 * SEQUENCE, RFC 5280, 5.1), or the serial number alone (an INTEGER) of one that left. No element of ours is longer than
 * 127 octets.
 */
export class EntryList {
  /** Where the element lies that {@link advance} came to; a view stays good. */
  octets: Uint8Array = new Uint8Array();
  start = 0;
  end = 0;
  readonly #source: OctetSource;
  #left: number;

  /** @param size octets of the list; left out: to the end of the source */
  constructor(source: OctetSource, size = Infinity) {
    this.#source = source;
    this.#left = size;
  }

  static over(pieces: AsyncIterable<Uint8Array>): EntryList {
    return new EntryList(new OctetSource(pieces));
  }

  /**
   * Moves two lists over the elements that both hold alike, as far as they are in memory. Most of a CRL is as it was in the
   * one before: so a million entries are compared in 0.1 s of CPU time, and one by one in 0.56.
   */
  static skipAlike(one: EntryList, other: EntryList): void {
    const [first, second] = [one.#source, other.#source];
    const limit = Math.min(first.available, second.available, one.#left, other.#left);
    let alike = 0;
    for (;;) {
      const length = first.octets[first.at + alike + 1] ?? 0x80;
      const end = alike + HEADER + length;
      if (length >= 0x80 || end > limit) break;
      let at = alike;
      while (at < end && first.octets[first.at + at] === second.octets[second.at + at]) at += 1;
      if (at < end) break;
      alike = end;
    }
    for (const list of [one, other]) {
      list.#source.at += alike;
      list.#left -= alike;
    }
  }

  get isEntry(): boolean {
    return this.octets[this.start] === TAG.sequence;
  }

  /** Where its serial number begins; the octet before is the length of it. */
  get serialStart(): number {
    return this.start + (this.isEntry ? SERIAL_IN_ENTRY : HEADER);
  }

  get serialEnd(): number {
    const start = this.serialStart;
    return start + this.octets[start - 1]!;
  }

  /**
   * Moves to the next element; answers at once while it is in memory, for there are millions.
   * @returns false after the last one
   * @throws EvidenceError `malformed_record`
   */
  advance(): boolean | Promise<boolean> {
    const { octets, at, available } = this.#source;
    if (this.#left <= 0) return false;
    if (available < HEADER || available < HEADER + octets[at + 1]!) return this.#advanceSlowly();
    this.#take();
    return true;
  }

  /** Closes what delivers it; for who stops early. */
  close(): Promise<void> {
    return this.#source.close();
  }

  async #advanceSlowly(): Promise<boolean> {
    const source = this.#source;
    if (!(await source.ensure(HEADER))) {
      if (source.available === 0 && this.#left === Infinity) return false;
      throw malformed();
    }
    if (!(await source.ensure(HEADER + source.octets[source.at + 1]!))) throw malformed();
    this.#take();
    return true;
  }

  #take(): void {
    const { octets, at } = this.#source;
    const length = octets[at + 1]!;
    this.octets = octets;
    this.start = at;
    this.end = at + HEADER + length;
    const isWhole = length < 0x80 && HEADER + length <= this.#left && this.serialEnd <= this.end;
    const isKnown = octets[at] === TAG.integer || (this.isEntry && octets[at + HEADER] === TAG.integer);
    if (!isWhole || !isKnown) throw malformed();
    this.#left -= HEADER + length;
    this.#source.at = this.end;
  }
}

const malformed = (): EvidenceError => new EvidenceError('malformed_record', 'A list of entries is damaged.');

/** The order of the serial numbers that two lists stand at, as numbers. */
export function compareSerials(one: EntryList, other: EntryList): number {
  const [from, to] = [one.serialStart, other.serialStart];
  const length = one.serialEnd - from;
  const difference = length - (other.serialEnd - to);
  if (difference !== 0) return difference;
  for (let index = 0; index < length; index++) {
    const found = one.octets[from + index]! - other.octets[to + index]!;
    if (found !== 0) return found;
  }
  return 0;
}

/** Whether two lists stand at the same octets. */
export function isSameElement(one: EntryList, other: EntryList): boolean {
  const length = one.end - one.start;
  if (length !== other.end - other.start) return false;
  for (let index = 0; index < length; index++)
    if (one.octets[one.start + index] !== other.octets[other.start + index]) return false;
  return true;
}
