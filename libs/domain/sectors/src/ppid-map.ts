import { createHash, type Hash } from 'node:crypto';
import type { Ppid } from '@kakunin/linkage';
import { LedgerError, type NoteSigner, type NoteVerifier, openNote, signNote } from '@kakunin/usage-ledger';
import { SectorsError } from './sectors-error.ts';

/** A key of a sector. */
export interface SectorVersion {
  readonly sector: string;
  readonly version: number;
}

/** What a map of ppids is: for one service provider, from the names that it has to those that it is given from now on. */
export interface PpidMapHeader {
  /** Code of the one service provider that may have it. */
  readonly recipient: string;
  readonly from: SectorVersion;
  readonly to: SectorVersion;
  /** Epoch ms. */
  readonly madeAt: number;
}

export interface PpidMapEntry {
  readonly old: Ppid;
  readonly new: Ppid;
}

const ORIGIN = 'kakunin ppid map v1';

/**
 * Writes a map: `lines` are the file (`old,new` and a line feed each; it may have millions and is streamed), `finish`
 * gives the note that vouches for it (C2SP signed-note). Give the entries in the order of the old names: those look
 * random, so that the order tells nothing of the persons.
 */
export class PpidMapWriter {
  readonly #header: PpidMapHeader;
  readonly #content = new MapContent();

  constructor(header: PpidMapHeader) {
    this.#header = header;
  }

  /** @throws SectorsError `map_invalid` when entries are out of order, or an old name comes twice */
  line(entry: PpidMapEntry): string {
    return this.#content.add(`${entry.old},${entry.new}`);
  }

  finish(signer: NoteSigner): Uint8Array {
    return signNote(noteText(this.#header, this.#content), [signer]);
  }
}

/**
 * Verifies a map on the side of the service provider: first `line` for each line of the file, then `finish`. Nothing of
 * a map is used before that.
 */
export class PpidMapReader {
  readonly #content = new MapContent();

  /** @param line without its line feed @throws SectorsError `map_invalid` */
  line(line: string): PpidMapEntry {
    const [, old, next] = /^([0-9A-Z*~$=]{34}),([0-9A-Z*~$=]{34})$/.exec(line) ?? [];
    if (!old || !next) throw mapInvalid('A line is not two ppids.');
    this.#content.add(line);
    return { old: old as Ppid, new: next as Ppid };
  }

  /**
   * @param recipient the service provider's own code
   * @returns from which names to which the map leads; compare it with what was announced
   * @throws SectorsError `map_invalid`: not signed, made for another, or not these lines
   */
  finish(note: Uint8Array, { verifier, recipient }: ExpectedMap): PpidMapHeader {
    let text: string;
    try {
      ({ text } = openNote(note, [verifier]));
    } catch (cause) {
      if (!(cause instanceof LedgerError)) throw cause;
      throw mapInvalid('Its note is not signed by the registry.', { cause });
    }
    const header = headerOf(text);
    if (header?.recipient !== recipient) throw mapInvalid('It is a map for another service provider.');
    if (text !== noteText(header, this.#content)) throw mapInvalid('Its lines are not those that were signed.');
    return header;
  }
}

export interface ExpectedMap {
  readonly verifier: NoteVerifier;
  readonly recipient: string;
}

/** Number, order and hash of the lines. */
class MapContent {
  readonly #hash: Hash = createHash('sha256');
  #count = 0;
  #last = '';

  add(line: string): string {
    const old = line.slice(0, line.indexOf(','));
    if (old <= this.#last) throw mapInvalid('Its lines are not in the order of the old names, each once.');
    this.#last = old;
    this.#count += 1;
    this.#hash.update(`${line}\n`);
    return `${line}\n`;
  }

  summary(): string {
    return `${this.#count}\n${this.#hash.copy().digest('base64')}\n`;
  }
}

const noteText = ({ recipient, from, to, madeAt }: PpidMapHeader, content: MapContent): string =>
  `${ORIGIN}\n${recipient}\n${versionText(from)}\n${versionText(to)}\n${madeAt}\n${content.summary()}`;

/** Whatever else the text says is found when it is written again. */
function headerOf(text: string): PpidMapHeader | undefined {
  const [, recipient, from, to, madeAt] = text.split('\n');
  const [fromSector, fromVersion] = from?.split(' ') ?? [];
  const [toSector, toVersion] = to?.split(' ') ?? [];
  if (!recipient || !fromSector || !toSector) return undefined;
  return {
    recipient,
    from: { sector: fromSector, version: Number(fromVersion) },
    to: { sector: toSector, version: Number(toVersion) },
    madeAt: Number(madeAt),
  };
}

const versionText = ({ sector, version }: SectorVersion): string => `${sector} ${version}`;
const mapInvalid = (why: string, options?: ErrorOptions): SectorsError =>
  new SectorsError('map_invalid', `The map of ppids cannot be used. ${why}`, options);
