import { DerError } from './der-error.ts';
import { decodeObjectIdentifier } from './object-identifier.ts';
import { contextConstructed, TAG } from './tag.ts';
import { parseGeneralizedTime, parseUtcTime } from './time.ts';

/** Lengths beyond four octets cannot belong to a Buffer. */
const MAX_LENGTH_OCTETS = 4;

/**
 * A cursor over DER (X.690, 10): definite lengths in minimal form, everything within bounds, one-octet tags.
 * Each read moves past one element. What it returns are views of the input, never copies; whoever keeps them
 * keeps the input.
 *
 * Every method throws DerError when the next element is missing, has another tag, or is malformed.
 */
export class DerReader {
  private readonly bytes: Uint8Array;
  private offset: number;
  private readonly end: number;

  private constructor(bytes: Uint8Array, offset: number, end: number) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
  }

  /** A cursor at the first octet. */
  static of(bytes: Uint8Array): DerReader {
    return new DerReader(bytes, 0, bytes.length);
  }

  /** Whether nothing is left. */
  get done(): boolean {
    return this.offset >= this.end;
  }

  /** @throws DerError when something is left */
  finish(): void {
    if (!this.done) throw new DerError('Octets are left after the last element.');
  }

  /** Identifier octet of the next element, -1 at the end. */
  peek(): number {
    return this.offset < this.end ? this.bytes[this.offset]! : -1;
  }

  /** Content octets of the next element, which must have this tag. */
  content(tag: number): Uint8Array {
    const start = this.openElement(tag);
    return this.bytes.subarray(start, this.offset);
  }

  /** The next element whole, tag and length included. */
  element(tag: number = this.peek()): Uint8Array {
    const start = this.offset;
    this.openElement(tag);
    return this.bytes.subarray(start, this.offset);
  }

  /** A reader of the next element's content. */
  enter(tag: number): DerReader {
    const start = this.openElement(tag);
    return new DerReader(this.bytes, start, this.offset);
  }

  /** As `enter`, or undefined when another tag or nothing follows: for OPTIONAL and DEFAULT. */
  enterIf(tag: number): DerReader | undefined {
    return this.peek() === tag ? this.enter(tag) : undefined;
  }

  /** What the one element within `[number] EXPLICIT … OPTIONAL` is read as, undefined when it is absent. */
  explicit<T>(number: number, read: (inner: DerReader) => T): T | undefined {
    const inner = this.enterIf(contextConstructed(number));
    if (!inner) return undefined;
    const value = read(inner);
    inner.finish();
    return value;
  }

  /** A reader of the content of a SEQUENCE. */
  sequence(): DerReader {
    return this.enter(TAG.sequence);
  }

  /** A BOOLEAN; TRUE is ff and nothing else (X.690, 11.1). */
  boolean(): boolean {
    const content = this.content(TAG.boolean);
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff))
      throw new DerError('A BOOLEAN is malformed.');
    return content[0] === 0xff;
  }

  /** Content octets of an INTEGER: two's complement, big-endian, minimal. */
  integer(tag: number = TAG.integer): Uint8Array {
    const content = this.content(tag);
    const [first, second = 0] = content;
    if (first === undefined) throw new DerError('An INTEGER has no octets.');
    const padded = content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
    if (padded) throw new DerError('An INTEGER is not minimal.');
    return content;
  }

  /** A non-negative INTEGER or ENUMERATED below 2³¹: versions, path lengths, reasons, states. */
  smallInteger(tag: number = TAG.integer): number {
    const content = this.integer(tag);
    if (content[0]! >= 0x80 || content.length > 4) throw new DerError('A small INTEGER is out of range.');
    return content.reduce((value, octet) => value * 256 + octet, 0);
  }

  /** A non-negative INTEGER of any size. */
  bigInteger(): bigint {
    const content = this.integer();
    if (content[0]! >= 0x80) throw new DerError('An INTEGER is negative.');
    return BigInt(`0x${Buffer.from(content).toString('hex')}`);
  }

  /** Moves past a NULL. */
  null(): void {
    if (this.content(TAG.null).length > 0) throw new DerError('A NULL has content.');
  }

  /** The octets of an OCTET STRING. */
  octetString(): Uint8Array {
    return this.content(TAG.octetString);
  }

  /** The octets of a BIT STRING without unused bits: keys, signatures. */
  bitString(): Uint8Array {
    const { octets, unusedBits } = this.namedBits();
    if (unusedBits > 0) throw new DerError('A BIT STRING has unused bits.');
    return octets;
  }

  /** A BIT STRING whose last `unusedBits` bits are padding, which DER wants to be zero (X.690, 11.2). */
  namedBits(): { readonly octets: Uint8Array; readonly unusedBits: number } {
    const content = this.content(TAG.bitString);
    const unusedBits = content[0] ?? 8;
    const last = content.length > 1 ? content[content.length - 1]! : 0;
    if (unusedBits > 7 || (content.length === 1 && unusedBits > 0) || last & ((1 << unusedBits) - 1))
      throw new DerError('A BIT STRING is malformed.');
    return { octets: content.subarray(1), unusedBits };
  }

  /** Dotted text of an OBJECT IDENTIFIER. */
  objectIdentifier(): string {
    return decodeObjectIdentifier(this.content(TAG.objectIdentifier));
  }

  /** Epoch ms of a `Time`: UTCTime or GeneralizedTime (RFC 5280, 4.1). */
  time(): number {
    return this.peek() === TAG.utcTime ? parseUtcTime(this.content(TAG.utcTime)) : this.generalizedTime();
  }

  /** Epoch ms of a GeneralizedTime `YYYYMMDDHHMMSSZ`. */
  generalizedTime(): number {
    return parseGeneralizedTime(this.content(TAG.generalizedTime));
  }

  /** Moves past the next element; @returns where its content starts. */
  private openElement(tag: number): number {
    const { bytes, offset, end } = this;
    if (offset >= end) throw new DerError('An element is missing.');
    if (bytes[offset] !== tag) throw new DerError('An element has another type than expected.');
    if ((tag & 0x1f) === 0x1f) throw new DerError('Tags of more than one octet are not used here.');
    const length = offset + 1 < end ? bytes[offset + 1]! : 0xff;
    if (length < 0x80) return this.moveTo(offset + 2, length);
    return this.openLong(offset + 2, length & 0x7f);
  }

  private openLong(offset: number, lengthOctets: number): number {
    if (lengthOctets === 0 || lengthOctets > MAX_LENGTH_OCTETS || offset + lengthOctets > this.end)
      throw new DerError('A length is indefinite, too long, or cut off.');
    let length = 0;
    for (let index = 0; index < lengthOctets; index++) length = length * 256 + this.bytes[offset + index]!;
    if (length < 0x80 || length < 256 ** (lengthOctets - 1)) throw new DerError('A length is not minimal.');
    return this.moveTo(offset + lengthOctets, length);
  }

  private moveTo(start: number, length: number): number {
    if (start + length > this.end) throw new DerError('An element is longer than what holds it.');
    this.offset = start + length;
    return start;
  }
}
