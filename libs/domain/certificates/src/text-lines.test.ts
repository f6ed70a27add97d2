import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_LINE, type TextLine, textLines } from './text-lines.ts';

async function linesOf(...chunks: (string | Uint8Array)[]): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  for await (const line of textLines(chunks.map((chunk) => Buffer.from(chunk as string)))) lines.push(line);
  return lines;
}

describe('textLines', () => {
  it('takes LF, CRLF, a byte order mark, empty lines and a missing last newline', async () => {
    expect(await linesOf('\uFEFFa\r\n\n  \nb\n', 'c')).toEqual([
      { line: 1, text: 'a' },
      { line: 4, text: 'b' },
      { line: 5, text: 'c' },
    ]);
  });

  it('names a line that is not UTF-8, and goes on', async () => {
    const shiftJis = Uint8Array.from([0x8a, 0x6d, 0x94, 0x46, 0x0a]);
    expect(await linesOf('a\n', shiftJis, 'b\n')).toEqual([
      { line: 1, text: 'a' },
      { line: 2, reason: expect.stringContaining('UTF-8') },
      { line: 3, text: 'b' },
    ]);
  });

  it('skips a line without end, and goes on', async () => {
    const huge = Array.from({ length: 64 }, () => 'x'.repeat(LONGEST_LINE / 4));
    expect(await linesOf(...huge, '\nb')).toEqual([
      { line: 1, reason: expect.stringContaining('longer') },
      { line: 2, text: 'b' },
    ]);
  });

  it('does not depend on where the stream is cut', async () => {
    const octets = fc.uint8Array({ maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(octets, fc.array(fc.nat(60)), async (text, cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const chunks = at.slice(1).map((end, i) => text.subarray(at[i], end));
        expect(await linesOf(...chunks)).toEqual(await linesOf(text));
      }),
    );
  });
});
