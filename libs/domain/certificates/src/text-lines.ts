/** One line of a text, or why it could not be read. Lines are counted from 1. */
export type TextLine =
  { readonly line: number; readonly text: string } | { readonly line: number; readonly reason: string };

/** Far beyond any honest line; what is longer is skipped without being kept in memory. */
export const LONGEST_LINE = 16_384;

const NEWLINE = 0x0a;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Splits a stream of octets into lines, in memory bounded by {@link LONGEST_LINE} plus one chunk. Takes LF and CRLF,
 * a byte order mark and a missing end of the last line; empty lines are counted and left out.
 * @param chunks the text as it comes, cut anywhere
 */
export async function* textLines(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<TextLine> {
  const splitter = new LineSplitter();
  for await (const chunk of chunks) yield* splitter.feed(chunk);
  yield* splitter.end();
}

class LineSplitter {
  #line = 0;
  #parts: Uint8Array[] = [];
  #length = 0;

  *feed(chunk: Uint8Array): Generator<TextLine> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      yield* this.#emit();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  *end(): Generator<TextLine> {
    if (this.#length > 0) yield* this.#emit();
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length;
    // A chunk's memory may be used again by the reader: what outlives this call is copied.
    if (this.#length <= LONGEST_LINE) this.#parts.push(part.slice());
    else this.#parts = [];
  }

  *#emit(): Generator<TextLine> {
    const line = ++this.#line;
    const length = this.#length;
    const octets = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    if (length > LONGEST_LINE) yield { line, reason: `The line is longer than ${LONGEST_LINE} octets.` };
    else {
      const text = decode(octets, line);
      if (text === undefined) yield { line, reason: 'The line is not UTF-8: convert the file (iconv -t UTF-8).' };
      else if (text.trim() !== '') yield { line, text };
    }
  }
}

function decode(octets: Uint8Array, line: number): string | undefined {
  try {
    const text = decoder.decode(octets).replace(/\r$/, '');
    return line === 1 ? text.replace(/^\uFEFF/, '') : text;
  } catch {
    return undefined;
  }
}
