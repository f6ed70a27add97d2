import { EvidenceError } from '../evidence-error.ts';

/** Octets that arrive in pieces of any size, of which only what is not read yet is kept. */
export class OctetSource {
  /** What is there; a new array whenever {@link ensure} has read on, so that a view of the old one stays as it is. */
  octets: Uint8Array = new Uint8Array();
  /** Of the next octet to read, in {@link octets}. */
  at = 0;
  readonly #pieces: AsyncIterator<Uint8Array>;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  get available(): number {
    return this.octets.length - this.at;
  }

  /** Reads on until so many octets are there, or all. @returns whether there are so many */
  async ensure(count: number): Promise<boolean> {
    while (this.available < count) {
      const { value, done } = await this.#pieces.next();
      if (done) return false;
      const left = this.octets.subarray(this.at);
      this.octets = left.length === 0 ? value : Buffer.concat([left, value]);
      this.at = 0;
    }
    return true;
  }

  /** @throws EvidenceError `malformed_record` when there are fewer */
  async take(count: number): Promise<Uint8Array> {
    if (!(await this.ensure(count))) throw new EvidenceError('malformed_record', 'It is cut off.');
    this.at += count;
    return this.octets.subarray(this.at - count, this.at);
  }

  /** Closes what delivers the pieces; for who stops early. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
