import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A piece that was looked at, and what comes behind it. */
export async function* joined(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

const DASH = 0x2d;
/** Four characters of base64 are three octets. */
const GROUP = 4;
/** A line of PEM has 64 characters. */
const LONGEST_LINE = 1_000;

/** DER of what is DER or one block of PEM (RFC 7468), as it comes. */
export async function* derOf(octets: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = octets[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) return;
  const all = joined(first.value, source);
  yield* first.value[0] === DASH ? decoded(all) : all;
}

async function* decoded(pem: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let text = '';
  let inside = false;
  for await (const piece of pem) {
    text += Buffer.from(piece).toString('latin1');
    if (!inside) {
      const end = text.indexOf('\n');
      if (end < 0 && text.length > LONGEST_LINE) return;
      if (end < 0) continue;
      text = text.slice(end + 1);
      inside = true;
    }
    const dash = text.indexOf('-');
    const base64 = (dash < 0 ? text : text.slice(0, dash)).replaceAll(/\s/g, '');
    const whole = dash < 0 ? base64.length - (base64.length % GROUP) : base64.length;
    yield Buffer.from(base64.slice(0, whole), 'base64');
    if (dash >= 0) return;
    text = base64.slice(whole);
  }
}

/** Octets that are read more than once, in a file without a name: it is gone with the process, whatever ends that. */
export class Spool {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async of(octets: AsyncIterable<Uint8Array>): Promise<Spool> {
    const path = join(tmpdir(), `kakunin-import-${randomUUID()}`);
    const file = await open(path, 'wx+', 0o600);
    try {
      await rm(path);
      for await (const piece of octets) await file.write(piece);
      return new Spool(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** From the beginning. */
  read(): AsyncIterable<Uint8Array> {
    return createReadStream('', { fd: this.#file, start: 0, autoClose: false, highWaterMark: 2 ** 18 });
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
