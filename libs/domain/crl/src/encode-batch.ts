import { isUtcTimeYear, TAG, UTC_TIME_OCTETS, writeUtcTime } from '@kakunin/der';
import { entrySize, MAX_ENTRY_SIZE, writeEntry } from './encode-entry.ts';
import type { EntryBatch } from './entry-batch.ts';
import { reasonOfCode } from './read-entry.ts';
import type { ListedCertificate } from './revoked-certificate.ts';

/*
 * The usual entry, of a UTCTime and at most a reason, is written in words of four octets, most of which are constant or stand
 * in a table: octet by octet, or with a calendar, it takes three times as long.
 *
 * 30 size 02 size | serial number | 17 0d Y Y | M M D D | H H M M | S S | 5a [30 0c 30 | 0a 06 03 55 | 1d 15 04 03 | 0a 01 | reason]
 */
const HEADER = 4;
const DATE_SIZE = 2 + UTC_TIME_OCTETS;
const REASON_SIZE = 14;
const SEQUENCE_AND_INTEGER = (TAG.sequence << 24) | (TAG.integer << 8);
const ZULU = 0x5a;

const DAY = 86_400_000;
const SECOND = 1_000;
const FIRST_DAY = Date.UTC(1950, 0) / DAY;
const DAYS = Date.UTC(2050, 0) / DAY - FIRST_DAY;
/** By day from 1950 on; 0 until it is wanted. */
const centuries = new Uint32Array(DAYS);
const monthsAndDays = new Uint32Array(DAYS);

const digits = (value: number): number => 0x3030 + (((value / 10) | 0) << 8) + (value % 10);
const HOURS_AND_MINUTES = Uint32Array.from(
  { length: 1_440 },
  (_, minute) => digits((minute / 60) | 0) * 0x1_0000 + digits(minute % 60),
);
const SECONDS = Uint16Array.from({ length: 60 }, (_, second) => digits(second));

/** Octets that the entries of a batch take. */
export function batchSize(batch: EntryBatch): number {
  const { count, serialSizes, revocationDates, reasons, invalidityDates } = batch;
  let size = 0;
  for (let index = 0; index < count; index++)
    size +=
      isUtcTimeYear(revocationDates[index]!) && Number.isNaN(invalidityDates[index]!)
        ? HEADER + serialSizes[index]! + DATE_SIZE + (reasons[index] === 0 ? 0 : REASON_SIZE)
        : entrySize(entryOf(batch, index));
  return size;
}

/** Writes entries of batches into one piece of a CRL. */
export class BatchWriter {
  /** Octets that are written. */
  end = 0;
  readonly #target: DataView;

  constructor(target: Uint8Array) {
    this.#target = new DataView(target.buffer, target.byteOffset, target.length);
  }

  /** Writes those from `first` on, as many as have room for certain. @returns the one after the last */
  write(batch: EntryBatch, first: number): number {
    const { count, revocationDates, invalidityDates } = batch;
    const last = this.#target.byteLength - MAX_ENTRY_SIZE;
    let at = this.end;
    let index = first;
    for (; index < count && at <= last; index++)
      at =
        isUtcTimeYear(revocationDates[index]!) && Number.isNaN(invalidityDates[index]!)
          ? this.#writeUsual(at, batch, index)
          : writeEntry(octetsOf(this.#target), at, entryOf(batch, index));
    this.end = at;
    return index;
  }

  #writeUsual(offset: number, batch: EntryBatch, index: number): number {
    const target = this.#target;
    const { serialNumbers, serialStride } = batch;
    const serialSize = batch.serialSizes[index]!;
    const reason = batch.reasons[index]!;
    const size = serialSize + DATE_SIZE + 2 + (reason === 0 ? 0 : REASON_SIZE);
    target.setUint32(offset, SEQUENCE_AND_INTEGER | (size << 16) | serialSize);
    const from = index * serialStride;
    // What is too much of the last word is written over by the date.
    for (let octet = 0; octet < serialSize; octet += 4)
      target.setUint32(offset + HEADER + octet, serialNumbers.getUint32(from + octet));
    const date = offset + HEADER + serialSize;
    writeDate(target, date, batch.revocationDates[index]!);
    const at = date + DATE_SIZE;
    if (reason === 0) return at;
    // From the Z on, which is written once more.
    target.setUint32(at - 1, (ZULU << 24) | 0x300c30);
    target.setUint32(at + 3, 0x0a060355);
    target.setUint32(at + 7, 0x1d150403);
    target.setUint16(at + 11, 0x0a01);
    target.setUint8(at + 13, reason);
    return at + REASON_SIZE;
  }
}

function writeDate(target: DataView, at: number, instant: number): void {
  const day = Math.floor(instant / DAY);
  const entry = day - FIRST_DAY;
  if (centuries[entry] === 0) learnDay(entry);
  const second = ((instant - day * DAY) / SECOND) | 0;
  const minute = (second / 60) | 0;
  target.setUint32(at, centuries[entry]!);
  target.setUint32(at + 4, monthsAndDays[entry]!);
  target.setUint32(at + 8, HOURS_AND_MINUTES[minute]!);
  target.setUint16(at + 12, SECONDS[second - minute * 60]!);
  target.setUint8(at + 14, ZULU);
}

function learnDay(entry: number): void {
  const octets = Buffer.alloc(DATE_SIZE);
  octets[0] = TAG.utcTime;
  octets[1] = UTC_TIME_OCTETS;
  writeUtcTime(octets, 2, (entry + FIRST_DAY) * DAY);
  centuries[entry] = octets.readUInt32BE(0);
  monthsAndDays[entry] = octets.readUInt32BE(4);
}

const octetsOf = ({ buffer, byteOffset, byteLength }: DataView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function entryOf(batch: EntryBatch, index: number): ListedCertificate {
  const invalidityDate = batch.invalidityDates[index]!;
  const { buffer, byteOffset } = batch.serialNumbers;
  const serial = byteOffset + index * batch.serialStride;
  return {
    serialNumber: new Uint8Array(buffer, serial, batch.serialSizes[index]!),
    revocationDate: batch.revocationDates[index]!,
    reason: reasonOfCode(batch.reasons[index]!),
    invalidityDate: Number.isNaN(invalidityDate) ? undefined : invalidityDate,
  };
}
