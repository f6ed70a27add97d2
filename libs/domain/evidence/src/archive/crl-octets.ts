import { contextConstructed, TAG } from '@kakunin/der';
import { EvidenceError } from '../evidence-error.ts';
import { EntryList } from './entry-list.ts';
import { OctetSource } from './octet-source.ts';

/** What stands in front of the entries, or behind them, is shorter: a name, a few extensions, a signature. */
const MAX_FRAME = 64 * 1024;

interface Element {
  readonly tag: number;
  readonly at: number;
  /** Of its content. */
  readonly start: number;
  readonly end: number;
}

/**
 * A CRL (RFC 5280, 5.1) taken apart without being understood: the octets in front of the first entry, and the entries. What
 * follows them is the rest of the file.
 */
export class CrlOctets {
  readonly head: Uint8Array;
  /** Octets of all entries. */
  readonly entriesSize: number;
  readonly entries: EntryList;
  readonly #source: OctetSource;

  private constructor(source: OctetSource, parts: { head: Uint8Array; entriesSize: number }) {
    this.#source = source;
    this.head = parts.head;
    this.entriesSize = parts.entriesSize;
    this.entries = new EntryList(source, parts.entriesSize);
  }

  /** @throws EvidenceError `malformed_record` */
  static async open(pieces: AsyncIterable<Uint8Array>): Promise<CrlOctets> {
    const source = new OctetSource(pieces);
    await source.ensure(MAX_FRAME);
    const { octets } = source;
    const whole = elementAt(octets, 0);
    const tbs = elementAt(octets, whole.start);
    let next = elementAt(octets, tbs.start);
    for (const tags of FIELDS) if (tags.includes(next.tag)) next = elementAt(octets, next.end);
    const hasList = next.tag === TAG.sequence;
    if (!hasList && next.tag !== contextConstructed(0)) throw malformed();
    const headSize = hasList ? next.start : next.at;
    const entriesSize = hasList ? next.end - next.start : 0;
    return new CrlOctets(source, { head: Uint8Array.from(await source.take(headSize)), entriesSize });
  }

  /** For who stops early. */
  close(): Promise<void> {
    return this.#source.close();
  }
}

/** Up to the list: version, signature, issuer, thisUpdate, nextUpdate; the first and the last may be missing. */
const TIMES: readonly number[] = [TAG.utcTime, TAG.generalizedTime];
const FIELDS: readonly (readonly number[])[] = [[TAG.integer], [TAG.sequence], [TAG.sequence], TIMES, TIMES];

function elementAt(octets: Uint8Array, at: number): Element {
  const [tag, first] = [octets[at], octets[at + 1]];
  if (tag === undefined || first === undefined) throw malformed();
  if (first < 0x80) return { tag, at, start: at + 2, end: at + 2 + first };
  const size = first & 0x7f;
  let length = 0;
  for (let index = 0; index < size; index++) length = length * 256 + (octets[at + 2 + index] ?? 0);
  if (size === 0 || size > 6 || at + 2 + size > octets.length) throw malformed();
  return { tag, at, start: at + 2 + size, end: at + 2 + size + length };
}

const malformed = (): EvidenceError => new EvidenceError('malformed_record', 'It is no CRL that can be taken apart.');
