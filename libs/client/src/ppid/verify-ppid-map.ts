import { PpidMapReader, SectorsError } from '@kakunin/sectors';
import { LedgerError, parseVerifierKey } from '@kakunin/usage-ledger';

/** From which names to which a map leads; each by sector and version of its key. */
export interface PpidMap {
  readonly from: { readonly sector: string; readonly version: number };
  readonly to: { readonly sector: string; readonly version: number };
  /** Epoch ms. */
  readonly madeAt: number;
  /** Of its lines. */
  readonly count: number;
}

export interface PpidMapOptions {
  /** Your own code: a map is for one service provider. */
  readonly serviceProvider: string;
  /** `ppidMap` of the registry's `GET /signing-keys`. */
  readonly verifierKey: string;
}

/** A map that must not be used. */
export class PpidMapError extends Error {
  readonly code: 'map_invalid';

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'PpidMapError';
    this.code = 'map_invalid';
  }
}

/**
 * Verifies a map as it was downloaded (`old,new` a line, an empty line, the note), from beginning to end and in bounded
 * memory. Read the pairs of the file only afterwards, in one transaction.
 * @throws PpidMapError `map_invalid`: it is cut short, changed, for another, or not the registry's
 */
export async function verifyPpidMap(
  file: AsyncIterable<Uint8Array>,
  { serviceProvider: recipient, verifierKey }: PpidMapOptions,
): Promise<PpidMap> {
  const reader = new PpidMapReader();
  let count = 0;
  let note: string | undefined;
  try {
    for await (const line of linesOf(file)) {
      if (note !== undefined) note += `${line}\n`;
      else if (line === '') note = '';
      else {
        reader.line(line);
        count += 1;
      }
    }
    const verifier = parseVerifierKey(verifierKey);
    const { from, to, madeAt } = reader.finish(Buffer.from(note ?? ''), { verifier, recipient });
    return { from, to, madeAt, count };
  } catch (cause) {
    if (!(cause instanceof SectorsError || cause instanceof LedgerError)) throw cause;
    throw new PpidMapError(cause.message, { cause });
  }
}

/** Without the line feeds; whatever stands behind the last one is no line. */
async function* linesOf(file: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of file) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}
