import { contextConstructed, DerError, DerReader, TAG } from '@kakunin/der';
import { readExtensions, type SignatureVerifier, signatureVerifier } from '@kakunin/x509';
import type { EntryCursor } from '../compare-crls.ts';
import { CrlError } from '../crl-error.ts';
import type { CrlHead, CrlReport, StatedTime } from './crl-report.ts';
import { EntryDecoder, type StreamedEntry } from './entry-decoder.ts';
import { ENTRY_FACT } from './entry-facts.ts';
import { OctetWindow } from './octet-window.ts';

interface Opened {
  readonly window: OctetWindow;
  readonly head: CrlHead;
  readonly verifier: SignatureVerifier;
  /** Octet positions in the CRL. */
  readonly end: number;
  readonly tbsEnd: number;
  readonly entriesEnd: number;
}

/** Octets of two CRLs that are compared at once: fewer after a difference, more after none. */
const FEWEST_ALIKE = 512;
const MOST_ALIKE = 32_768;

export interface CrlStreamOptions {
  /** False: nobody will ask who signed it, and it is not hashed. */
  readonly isVerified?: boolean;
}

/**
 * Reads a CRL (RFC 5280, 5.1) front to back, in memory that does not grow with it: the head at once, then entry by entry,
 * then, in {@link finish}, what stands behind them. Its signature is checked on the way. Complete CRLs, partitions and deltas alike.
 */
export class CrlStream implements EntryCursor {
  readonly head: CrlHead;
  readonly #opened: Opened;
  readonly #decoder = new EntryDecoder();
  #entries = 0;
  #alike = FEWEST_ALIKE;

  private constructor(opened: Opened) {
    this.head = opened.head;
    this.#opened = opened;
  }

  /** @throws CrlError `malformed_crl` */
  static open(pieces: AsyncIterable<Uint8Array>, { isVerified = true }: CrlStreamOptions = {}): Promise<CrlStream> {
    return orMalformed(async () => new CrlStream(await openCrl(new OctetWindow(pieces), isVerified)));
  }

  /** The entry that {@link advance} came to; always the same object. */
  get entry(): StreamedEntry {
    return this.#decoder.entry;
  }

  get inOrder(): boolean {
    return (this.#decoder.facts & ENTRY_FACT.outOfOrder) === 0;
  }

  /**
   * Moves to the next entry. Answers at once while it is in memory: a promise for each of millions would cost more than all else.
   * @returns false after the last one
   * @throws CrlError `malformed_crl`
   */
  advance(): boolean | Promise<boolean> {
    const { window, entriesEnd } = this.#opened;
    const { octets, at } = window;
    if (window.position >= entriesEnd) return false;
    const length = octets[at + 1] ?? 0xff;
    const end = at + 2 + length;
    if (octets[at] !== TAG.sequence || length >= 0x80 || end > octets.length) return this.#advanceSlowly();
    try {
      this.#decoder.decode(octets, at + 2, end);
    } catch (error) {
      throw malformed(error);
    }
    window.at = end;
    this.#entries += 1;
    return true;
  }

  /**
   * Moves this and another over entries that follow in both, octet for octet the same: they are compared natively, and read
   * once. Both stand at the last of them then.
   * @param below only entries with a smaller serial number
   * @returns how many; 0 where the next ones differ, or are not in memory
   */
  advanceAlike(other: EntryCursor, below?: Uint8Array): number {
    // What lies over another stream knows how far it gives the same.
    if (!(other instanceof CrlStream)) return other.advanceAlike?.(this) ?? 0;
    for (;;) {
      const size = Math.min(this.#alike, this.#readable, other.#readable);
      if (size < FEWEST_ALIKE) return 0;
      if (areAlike(this.#opened.window, other.#opened.window, size)) return this.#passAlike(other, size, below);
      if (this.#alike === FEWEST_ALIKE) return 0;
      this.#alike = FEWEST_ALIKE;
    }
  }

  /**
   * Reads on to the end, over entries that are left.
   * @throws CrlError `malformed_crl`
   */
  finish(): Promise<CrlReport> {
    return orMalformed(async () => {
      for (;;) {
        this.#passOver(this.#readable);
        const more = this.advance();
        if (!(typeof more === 'boolean' ? more : await more)) break;
      }
      return this.#readTail();
    });
  }

  /** For who stops early: closes what delivers the pieces. */
  close(): Promise<void> {
    return this.#opened.window.close();
  }

  /** Octets of entries that are in memory. */
  get #readable(): number {
    const { window, entriesEnd } = this.#opened;
    return Math.min(window.available, entriesEnd - window.position);
  }

  #passAlike(other: CrlStream, size: number, below: Uint8Array | undefined): number {
    const { window } = this.#opened;
    const { at } = window;
    const passed = this.#passOver(size, below);
    if (passed === 0) return 0;
    this.#alike = Math.min(2 * this.#alike, MOST_ALIKE);
    const { window: theirs } = other.#opened;
    // For the order: where it stands now.
    other.#decoder.decode(theirs.octets, theirs.at + this.#decoder.lastEntry - at + 2, theirs.at + window.at - at);
    theirs.at += window.at - at;
    other.#entries += passed;
    return passed;
  }

  #passOver(size: number, below?: Uint8Array): number {
    const { window } = this.#opened;
    const { octets, at } = window;
    const passed = this.#decoder.passOver({ octets, start: at, end: at + size, below });
    window.at = this.#decoder.passedTo;
    this.#entries += passed;
    return passed;
  }

  /** The entry lies across two pieces, or is a long one. */
  #advanceSlowly(): Promise<boolean> {
    return orMalformed(async () => {
      const { window } = this.#opened;
      const element = await window.element(TAG.sequence);
      const header = element[1]! < 0x80 ? 2 : 2 + (element[1]! & 0x7f);
      this.#decoder.decode(element, header, element.length);
      this.#entries += 1;
      return true;
    });
  }

  async #readTail(): Promise<CrlReport> {
    const { window, head, verifier, entriesEnd, tbsEnd, end } = this.#opened;
    if (window.position !== entriesEnd) throw new DerError('The list of entries has another length than stated.');
    const extensions = window.position < tbsEnd ? await readCrlExtensions(window) : [];
    if (window.position !== tbsEnd) throw new DerError('The TBSCertList has another length than stated.');
    window.show(undefined);
    const signatureAlgorithm = await window.element(TAG.sequence);
    const signatureValue = DerReader.of(await window.element(TAG.bitString)).bitString();
    if (window.position !== end) throw new DerError('The CRL has another length than stated.');
    await window.finish();
    return {
      ...head,
      extensions,
      signatureAlgorithm,
      signatureValue,
      entries: this.#entries,
      entryFacts: this.#decoder.facts,
      size: end,
      isSignedBy: (publicKey) => verifier.verify(signatureValue, publicKey),
    };
  }
}

/** Of both windows, what comes next. */
const areAlike = (one: OctetWindow, other: OctetWindow, size: number): boolean =>
  Buffer.compare(one.octets.subarray(one.at, one.at + size), other.octets.subarray(other.at, other.at + size)) === 0;

async function openCrl(window: OctetWindow, isVerified: boolean): Promise<Opened> {
  const size = await window.open(TAG.sequence);
  const end = window.position + size;
  const shown: Uint8Array[] = [];
  // Until the algorithm is known, what is signed waits: a few octets.
  window.show((octets) => shown.push(Uint8Array.from(octets)));
  const tbsSize = await window.open(TAG.sequence);
  const tbsEnd = window.position + tbsSize;
  const version = (await window.peek()) === TAG.integer ? await readVersion(window) : undefined;
  const signature = await window.element(TAG.sequence);
  const verifier = isVerified ? signatureVerifier(signature) : UNVERIFIED;
  window.show((octets) => verifier.update(octets));
  for (const octets of shown) verifier.update(octets);
  const rest = await readHead(window, tbsEnd);
  return { window, head: { version, signature, ...rest.head }, verifier, end, tbsEnd, entriesEnd: rest.entriesEnd };
}

async function readHead(window: OctetWindow, tbsEnd: number) {
  const issuer = await window.element(TAG.sequence);
  const thisUpdate = await readTime(window);
  const isAhead = async (...tags: number[]) => window.position < tbsEnd && tags.includes(await window.peek());
  const nextUpdate = (await isAhead(TAG.utcTime, TAG.generalizedTime)) ? await readTime(window) : undefined;
  const hasList = await isAhead(TAG.sequence);
  const entriesSize = hasList ? await window.open(TAG.sequence) : 0;
  const entriesEnd = window.position + entriesSize;
  if (entriesEnd > tbsEnd) throw new DerError('The list of entries is longer than what holds it.');
  return { head: { issuer, thisUpdate, nextUpdate, hasList }, entriesEnd };
}

const UNVERIFIED: SignatureVerifier = { update: () => undefined, verify: () => false };

const readVersion = async (window: OctetWindow): Promise<number> =>
  DerReader.of(await window.element(TAG.integer)).smallInteger();

async function readTime(window: OctetWindow): Promise<StatedTime> {
  const tag = await window.peek();
  return { tag, instant: DerReader.of(await window.element()).time() };
}

const readCrlExtensions = async (window: OctetWindow) =>
  DerReader.of(await window.element(contextConstructed(0))).explicit(0, readExtensions) ?? [];

async function orMalformed<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw malformed(error);
  }
}

const malformed = (error: unknown): unknown =>
  error instanceof DerError
    ? new CrlError('malformed_crl', `The CRL is malformed: ${error.message}`, { cause: error })
    : error;
