import { DerError, DerReader, isUtcTimeYear, parseUtcTime, TAG, UTC_TIME_OCTETS } from '@kakunin/der';
import { EXTENSION } from '@kakunin/x509';
import { CRL_EXTENSION } from '../crl-extensions.ts';
import { reasonOfCode } from '../read-entry.ts';
import type { ListedReason } from '../revoked-certificate.ts';
import { compareSerialNumbers } from '../serial-order.ts';
import { ENTRY_FACT } from './entry-facts.ts';
import { isAbove, isBelow, usualEntryEnd } from './usual-entries.ts';

/** One entry after the other, in the same object: what is to stay must be copied. */
export interface StreamedEntry {
  serialNumber: Uint8Array;
  revocationDate: number;
  reason: ListedReason | undefined;
  invalidityDate: number | undefined;
}

/** What {@link EntryDecoder.passOver} may read. */
export interface PassedOctets {
  readonly octets: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** It stops at an entry whose serial number is not smaller. */
  readonly below: Uint8Array | undefined;
}

const HEADER = 2;
/** Of the content octets of a serial number in an entry. */
const SERIAL_AT = 4;
const MAX_SHORT = 0x7f;
const MAX_SERIAL_NUMBER_OCTETS = 20;
const DAY_DIGITS = 6;
const ZERO = 0x30;
/** DER of a list of one extension, reasonCode, up to its value. */
const REASON_ONLY = Buffer.from('300c300a0603551d1504030a01', 'hex');

/** A view for each length, so that the usual entry allocates nothing. */
const serialViews = (): readonly Uint8Array[] => {
  const octets = new Uint8Array(MAX_SHORT);
  return Array.from({ length: MAX_SHORT + 1 }, (_, length) => octets.subarray(0, length));
};

/** Reads entries (RFC 5280, 5.1.2.6) by hand: a nation's CRL has millions. Says what lints want to know of them. */
export class EntryDecoder {
  readonly entry: StreamedEntry = {
    serialNumber: new Uint8Array(),
    revocationDate: 0,
    reason: undefined,
    invalidityDate: undefined,
  };
  /** Of {@link ENTRY_FACT}, over all entries so far. */
  facts = 0;
  /** The offset behind the last entry that {@link passOver} has read. */
  passedTo = 0;
  /** Where that entry begins. */
  lastEntry = 0;
  /** Two, in turns: the last serial number is wanted for the order. */
  #views = serialViews();
  #otherViews = serialViews();
  /** When each day began, epoch ms, by YYMMDD as a number: there are few, and the calendar costs more than all else of an entry. */
  readonly #days = new Map<number, number>();

  /**
   * Reads the content octets of one entry.
   * @throws DerError
   */
  decode(octets: Uint8Array, start: number, end: number): void {
    let at = this.#readSerial(octets, start, end);
    at = this.#readDate(octets, at, end);
    const { entry } = this;
    entry.invalidityDate = undefined;
    if (at === end) entry.reason = undefined;
    else if (isReasonOnly(octets, at, end)) this.#takeReason(octets[end - 1]!);
    else this.#readExtensions(octets.subarray(at, end));
  }

  /**
   * Reads usual entries, and moves to the last of them; most of a CRL is read in this way, at a fifth of the cost.
   * @returns how many; they end at {@link passedTo}
   */
  passOver({ octets, start, end, below }: PassedOctets): number {
    const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
    let passed = 0;
    let last = -1;
    let at = start;
    for (let next = usualEntryEnd(view, at, end); next > 0; next = usualEntryEnd(view, at, end)) {
      if (below && !isBelow(view, at + SERIAL_AT, below)) break;
      if (last >= 0 && !isAbove(view, at + SERIAL_AT, last + SERIAL_AT)) this.facts |= ENTRY_FACT.outOfOrder;
      if (passed === 0) this.decode(octets, at + HEADER, next);
      last = at;
      at = next;
      passed += 1;
    }
    this.passedTo = at;
    this.lastEntry = last;
    if (passed > 1) this.decode(octets, last + HEADER, at);
    return passed;
  }

  #readSerial(octets: Uint8Array, start: number, end: number): number {
    const length = octets[start + 1]!;
    const from = start + HEADER;
    const to = from + length;
    if (octets[start] !== TAG.integer || to >= end || length > MAX_SHORT) throw new DerError('An entry is malformed.');
    [this.#views, this.#otherViews] = [this.#otherViews, this.#views];
    const serial = this.#views[length]!;
    for (let index = 0; index < length; index++) serial[index] = octets[from + index]!;
    this.#checkSerial(serial);
    this.entry.serialNumber = serial;
    return to;
  }

  #checkSerial(serial: Uint8Array): void {
    const first = serial[0];
    if (first === undefined) throw new DerError('An INTEGER has no octets.');
    const second = serial.length > 1 ? serial[1]! : -1;
    if ((first === 0 && second >= 0 && second < 0x80) || (first === 0xff && second >= 0x80))
      throw new DerError('An INTEGER is not minimal.');
    const significant = first === 0 ? serial.length - 1 : serial.length;
    if (first >= 0x80 || significant > MAX_SERIAL_NUMBER_OCTETS) this.facts |= ENTRY_FACT.serialOutOfRange;
    const { serialNumber: before } = this.entry;
    if (before.length > 0 && compareSerialNumbers(before, serial) >= 0) this.facts |= ENTRY_FACT.outOfOrder;
  }

  #readDate(octets: Uint8Array, at: number, end: number): number {
    const isUtc = octets[at] === TAG.utcTime && octets[at + 1] === UTC_TIME_OCTETS;
    const size = HEADER + octets[at + 1]!;
    if (at + size > end) throw new DerError('An entry is malformed.');
    if (isUtc) {
      this.entry.revocationDate = this.#utcTime(octets, at + HEADER);
      return at + size;
    }
    const date = DerReader.of(octets.subarray(at, at + size)).time();
    if (isUtcTimeYear(date)) this.facts |= ENTRY_FACT.needlessGeneralizedTime;
    this.entry.revocationDate = date;
    return at + size;
  }

  #utcTime(octets: Uint8Array, at: number): number {
    const seconds = areDigits(octets, at) ? secondsOfDay(octets, at + DAY_DIGITS) : -1;
    if (seconds < 0) return parseUtcTime(octets.subarray(at, at + UTC_TIME_OCTETS));
    let day = 0;
    for (let index = at; index < at + DAY_DIGITS; index++) day = day * 10 + octets[index]! - ZERO;
    const start = this.#days.get(day);
    if (start !== undefined) return start + seconds * 1000;
    const date = parseUtcTime(octets.subarray(at, at + UTC_TIME_OCTETS));
    this.#days.set(day, date - seconds * 1000);
    return date;
  }

  #takeReason(code: number): void {
    const reason = reasonOfCode(code);
    if (!reason) throw new DerError('A revocation reason is unknown.');
    if (reason === 'unspecified') this.facts |= ENTRY_FACT.statesUnspecified;
    if (reason === 'removeFromCRL') this.facts |= ENTRY_FACT.statesRemoveFromCrl;
    this.entry.reason = reason;
  }

  /** Entries with more than a reason: few. */
  #readExtensions(octets: Uint8Array): void {
    this.entry.reason = undefined;
    const whole = DerReader.of(octets);
    const list = whole.sequence();
    whole.finish();
    if (list.done) this.facts |= ENTRY_FACT.emptyExtensions;
    while (!list.done) this.#readExtension(list.sequence());
  }

  #readExtension(fields: DerReader): void {
    const id = fields.objectIdentifier();
    const critical = fields.peek() === TAG.boolean && fields.boolean();
    const value = DerReader.of(fields.octetString());
    fields.finish();
    if (id === EXTENSION.reasonCode) this.#takeReason(value.smallInteger(TAG.enumerated));
    else if (id === EXTENSION.invalidityDate) this.entry.invalidityDate = value.generalizedTime();
    else if (id === CRL_EXTENSION.certificateIssuer) this.facts |= ENTRY_FACT.certificateIssuer;
    else if (critical) this.facts |= ENTRY_FACT.unknownCritical;
    if (critical && (id === EXTENSION.reasonCode || id === EXTENSION.invalidityDate))
      this.facts |= ENTRY_FACT.criticalDetail;
  }
}

function isReasonOnly(octets: Uint8Array, at: number, end: number): boolean {
  if (end - at !== REASON_ONLY.length + 1) return false;
  for (let index = 0; index < REASON_ONLY.length; index++) if (octets[at + index] !== REASON_ONLY[index]) return false;
  return true;
}

/** Of `HHMMSSZ`; −1 when it is none. */
function secondsOfDay(octets: Uint8Array, at: number): number {
  if (!areDigits(octets, at) || octets[at + DAY_DIGITS] !== 0x5a) return -1;
  const pair = (index: number): number => octets[index]! * 10 + octets[index + 1]! - 11 * ZERO;
  const [hour, minute, second] = [pair(at), pair(at + 2), pair(at + 4)];
  return hour < 24 && minute < 60 && second < 60 ? (hour * 60 + minute) * 60 + second : -1;
}

function areDigits(octets: Uint8Array, at: number): boolean {
  for (let index = at; index < at + DAY_DIGITS; index++)
    if (octets[index]! < ZERO || octets[index]! > 0x39) return false;
  return true;
}
