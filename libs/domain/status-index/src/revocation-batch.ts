import { instantOf, reasonOf, type Revocation } from './certificate-state.ts';
import type { FrozenPages } from './frozen-pages.ts';
import { INVALIDITY_DATE, packedState, REASON_SHIFT } from './packed-state.ts';
import { flagsOf, notAfterOf, ORDINALS_A_PAGE } from './page-layout.ts';
import { RevokedPage } from './revoked-page.ts';
import type { SerialMap } from './serial-map.ts';

/** A revoked certificate as a CRL lists it: one object for all, filled in anew for each; its octets too are good for one only. */
export interface FrozenEntry extends Revocation {
  /** Content octets of the DER INTEGER. */
  readonly serialNumber: Uint8Array;
}
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Whether a CRL lists a revocation; it is given one object again and again. */
export type ListedTest = (revocation: Pick<Revocation, 'revocationDate' | 'notAfter' | 'reason'>) => boolean;

/** Every revocation. */
export const everyRevocation: ListedTest = () => true;

/** Words that hold any serial number with its sign (RFC 5280, 4.1.2.2). */
const SERIAL_STRIDE = 24;

/** Revoked certificates that a CRL lists, at most a page of them, as columns; filled in anew again and again. */
export class RevocationBatch {
  /** How many there are; what stands behind them is of before. */
  count = 0;
  /** Content octets of the DER INTEGERs, each at a multiple of {@link serialStride}. */
  readonly serialNumbers = new DataView(new ArrayBuffer(ORDINALS_A_PAGE * SERIAL_STRIDE));
  readonly serialStride = SERIAL_STRIDE;
  readonly serialSizes = new Uint8Array(ORDINALS_A_PAGE);
  /** Epoch milliseconds. */
  readonly revocationDates = new Float64Array(ORDINALS_A_PAGE);
  /** CRLReason codes (RFC 5280, 5.3.1). */
  readonly reasons = new Uint8Array(ORDINALS_A_PAGE);
  /** Epoch milliseconds; NaN: none. */
  readonly invalidityDates = new Float64Array(ORDINALS_A_PAGE);
  readonly #ends = new Float64Array(ORDINALS_A_PAGE);
  readonly #isListed: ListedTest;
  readonly #asked: Mutable<Parameters<ListedTest>[0]> = { revocationDate: 0, notAfter: 0, reason: 'unspecified' };
  readonly #serials: SerialMap;
  readonly #state = packedState();
  #page: RevokedPage | undefined;
  readonly #views: Uint8Array[] = [];

  constructor(serials: SerialMap, isListed: ListedTest) {
    this.#serials = serials;
    this.#isListed = isListed;
  }

  /** Those of a page. In one loop over arrays: a nation's CRL passes here three times for each of its millions of entries. */
  takePage(page: RevokedPage): void {
    const { ordinals, words, width } = page;
    const { serialNumbers, serialSizes, revocationDates, reasons, invalidityDates } = this;
    const [serials, ends, asked, isListed] = [this.#serials, this.#ends, this.#asked, this.#isListed];
    let at = 0;
    for (let index = 0, word = 0; index < page.count; index += 1, word += width) {
      const second = words[word + 1]!;
      const flags = flagsOf(second);
      asked.revocationDate = instantOf(words[word]!);
      asked.notAfter = instantOf(notAfterOf(second));
      asked.reason = reasonOf(flags);
      if (isListed !== everyRevocation && !isListed(asked)) continue;
      serialSizes[at] = serials.writeSerial(ordinals[index]!, serialNumbers, at * SERIAL_STRIDE);
      revocationDates[at] = asked.revocationDate;
      reasons[at] = flags >>> REASON_SHIFT;
      invalidityDates[at] = flags & INVALIDITY_DATE ? instantOf(words[word + 2]!) : NaN;
      ends[at] = asked.notAfter;
      at += 1;
    }
    this.count = at;
  }

  /** Those of these ordinals, a page of them at most. */
  takeEach(pages: FrozenPages, ordinals: Uint32Array): void {
    const page = (this.#page ??= new RevokedPage());
    page.clear();
    for (let index = 0; index < ordinals.length; index += 1) {
      pages.readState(ordinals[index]!, this.#state);
      page.append(ordinals[index]!, this.#state);
    }
    this.takePage(page);
  }

  *entries(): Generator<FrozenEntry> {
    const entry: Mutable<FrozenEntry> = {
      serialNumber: new Uint8Array(),
      revocationDate: 0,
      reason: 'unspecified',
      invalidityDate: undefined,
      notAfter: 0,
    };
    for (let at = 0; at < this.count; at += 1) {
      const invalidityDate = this.invalidityDates[at]!;
      entry.serialNumber = this.#serialAt(at);
      entry.revocationDate = this.revocationDates[at]!;
      entry.reason = reasonOf(this.reasons[at]! << REASON_SHIFT);
      entry.invalidityDate = Number.isNaN(invalidityDate) ? undefined : invalidityDate;
      entry.notAfter = this.#ends[at]!;
      yield entry;
    }
  }

  /** A view, made anew only where the size is another: entries one by one make no objects. */
  #serialAt(at: number): Uint8Array {
    const size = this.serialSizes[at]!;
    const known = this.#views[at];
    if (known?.length === size) return known;
    return (this.#views[at] = new Uint8Array(this.serialNumbers.buffer, at * SERIAL_STRIDE, size));
  }
}
