import { DerError } from '@kakunin/der';

/** Elements that are read whole: names, extensions, an entry. Only the list of entries is longer, and it is not. */
const MAX_ELEMENT_SIZE = 1024 * 1024;
/** Octets of a piece that are laid behind what is left of the one before; most elements are shorter. */
const BRIDGE = 1024;
/** Beyond 2⁴⁸ octets there is no CRL. */
const MAX_LENGTH_OCTETS = 6;

/** DER that arrives in pieces of any size, of which only what is not read yet is kept. */
export class OctetWindow {
  /** What is there, read or not; replaced by {@link ensure}. */
  octets: Uint8Array = new Uint8Array();
  /** Of the next octet to read, in {@link octets}. */
  at = 0;
  readonly #pieces: AsyncIterator<Uint8Array>;
  /** Octets that were dropped. */
  #dropped = 0;
  /** The last piece, when {@link octets} are what was left before it and only its beginning. */
  #piece: Uint8Array | undefined;
  #onRead: ((octets: Uint8Array) => void) | undefined;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Octets that were read from the beginning on. */
  get position(): number {
    return this.#dropped + this.at;
  }

  get available(): number {
    return this.octets.length - this.at;
  }

  /** What is read from here on is shown once to `onRead`, in pieces, not later than at the next call; undefined: to nobody. */
  show(onRead: ((octets: Uint8Array) => void) | undefined): void {
    this.#drop();
    this.#onRead = onRead;
  }

  /** @throws DerError when the end comes before so many octets are available, or they are more than any element has */
  async ensure(count: number): Promise<void> {
    if (count > MAX_ELEMENT_SIZE) throw new DerError('An element is too long.');
    while (this.available < count) {
      this.#drop();
      if (this.#piece) this.#goOnIn(this.#piece);
      else await this.#take();
    }
  }

  async #take(): Promise<void> {
    const { value, done } = await this.#pieces.next();
    if (done) throw new DerError('An element is cut off.');
    const left = this.octets.length;
    this.#piece = left > 0 && value.length > BRIDGE ? value : undefined;
    if (left === 0) this.octets = value;
    else this.octets = Buffer.concat([this.octets, this.#piece ? value.subarray(0, BRIDGE) : value]);
  }

  /** Once nothing is left of before the piece, it is read where it lies: pieces are large, and copying them took as long as reading. */
  #goOnIn(piece: Uint8Array): void {
    this.#piece = undefined;
    const inPiece = BRIDGE - this.octets.length;
    this.octets = inPiece >= 0 ? piece.subarray(inPiece) : Buffer.concat([this.octets, piece.subarray(BRIDGE)]);
  }

  /** Moves past tag and length of an element; @returns octets of its content */
  async open(tag: number): Promise<number> {
    const { headerSize, contentSize } = await this.#header(tag);
    this.at += headerSize;
    return contentSize;
  }

  /** The next element whole, tag and length included: a copy. */
  async element(tag?: number): Promise<Uint8Array> {
    const { headerSize, contentSize } = await this.#header(tag ?? (await this.peek()));
    await this.ensure(headerSize + contentSize);
    const start = this.at;
    this.at += headerSize + contentSize;
    return Uint8Array.from(this.octets.subarray(start, this.at));
  }

  /** Identifier octet of the next element. */
  async peek(): Promise<number> {
    await this.ensure(1);
    return this.octets[this.at]!;
  }

  /** @throws DerError when something follows */
  async finish(): Promise<void> {
    const { done } = this.available > 0 || this.#piece ? { done: false } : await this.#pieces.next();
    if (!done) throw new DerError('Octets are left after the last element.');
  }

  /** Stops reading: whatever delivers the pieces is closed. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #header(tag: number): Promise<{ readonly headerSize: number; readonly contentSize: number }> {
    await this.ensure(2);
    const [found, first = 0] = this.octets.subarray(this.at, this.at + 2);
    if (found !== tag) throw new DerError('An element has another type than expected.');
    if (first < 0x80) return { headerSize: 2, contentSize: first };
    const size = first & 0x7f;
    await this.ensure(2 + size);
    let contentSize = 0;
    for (let index = 2; index < 2 + size; index++) contentSize = contentSize * 256 + this.octets[this.at + index]!;
    const isMinimal = contentSize >= 0x80 && contentSize >= 256 ** (size - 1);
    if (size > MAX_LENGTH_OCTETS || !isMinimal) throw new DerError('A length is indefinite, too long, or not minimal.');
    return { headerSize: 2 + size, contentSize };
  }

  #drop(): void {
    const read = this.octets.subarray(0, this.at);
    if (read.length > 0) this.#onRead?.(read);
    this.#dropped += this.at;
    this.octets = this.octets.subarray(this.at);
    this.at = 0;
  }
}
