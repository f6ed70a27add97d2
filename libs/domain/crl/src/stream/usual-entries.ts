import { DerError, parseUtcTime, UTC_TIME_OCTETS } from '@kakunin/der';
import { REMOVE_FROM_CRL } from '../encode-entry.ts';
import { reasonOfCode } from '../read-entry.ts';

/*
 * The usual entry: a UTCTime and at most a reason, every length in one octet. Looked at in words of four octets:
 *
 * 30 size 02 size | serial number | 17 0d | Y Y M M | D D h h | m m s s | 5a [30 0c 30 | 0a 06 03 55 | 1d 15 04 03 | 0a 01 | reason]
 */
const HEADER = 4;
const DATE_SIZE = 15;
const REASON_SIZE = 14;
const MAX_SERIAL_SIZE = 20;

/** By year, month and day: 1 for those that a calendar has, 0 until it was asked. */
const days = new Uint8Array(100 * 16 * 32);

/**
 * Where the usual entry ends that begins at `at`: one that a verifier reads and no lint has anything to say of, its place
 * among others aside.
 * @param end of what may be read
 * @returns −1 when it is another, right or wrong, or not all there
 */
export function usualEntryEnd(octets: DataView, at: number, end: number): number {
  if (at + HEADER + 1 + DATE_SIZE > end) return -1;
  const head = octets.getUint32(at);
  const serialSize = head & 0xff;
  const rest = ((head >>> 16) & 0xff) - serialSize - DATE_SIZE - 2;
  const date = at + HEADER + serialSize;
  const next = date + DATE_SIZE + rest;
  if ((head & 0xff00_ff00) !== 0x3000_0200 || next > end) return -1;
  if (rest !== 0 && (rest !== REASON_SIZE || !isUsualReason(octets, date + DATE_SIZE - 1))) return -1;
  return isUsualSerial(octets, at + HEADER, serialSize) && isDate(octets, date) ? next : -1;
}

/** Whether the serial number at `at` is above the one at `before`; both of usual entries. */
export function isAbove(octets: DataView, at: number, before: number): boolean {
  const size = octets.getUint8(at - 1);
  const sizeBefore = octets.getUint8(before - 1);
  if (size !== sizeBefore) return size > sizeBefore;
  for (let index = 0; index < size; index++) {
    const difference = octets.getUint8(at + index) - octets.getUint8(before + index);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** Whether the serial number at `at`, of a usual entry, is below another one (content octets of an INTEGER). */
export function isBelow(octets: DataView, at: number, limit: Uint8Array): boolean {
  const size = octets.getUint8(at - 1);
  if (size !== limit.length) return size < limit.length;
  for (let index = 0; index < size; index++) {
    const difference = octets.getUint8(at + index) - limit[index]!;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Positive, minimal, and of at most 20 octets (RFC 5280, 4.1.2.2). */
function isUsualSerial(octets: DataView, at: number, size: number): boolean {
  const first = octets.getUint8(at);
  if (size === 0 || size > MAX_SERIAL_SIZE || first >= 0x80) return false;
  return first > 0 || size === 1 || octets.getUint8(at + 1) >= 0x80;
}

/** @param at of the Z in front of it */
function isUsualReason(octets: DataView, at: number): boolean {
  const isReason =
    octets.getUint32(at) === 0x5a30_0c30 &&
    octets.getUint32(at + 4) === 0x0a06_0355 &&
    octets.getUint32(at + 8) === 0x1d15_0403 &&
    octets.getUint16(at + 12) === 0x0a01;
  const code = octets.getUint8(at + REASON_SIZE);
  return isReason && code > 0 && code !== REMOVE_FROM_CRL && reasonOfCode(code) !== undefined;
}

function isDate(octets: DataView, at: number): boolean {
  const [yearMonth, dayHour, minuteSecond] = [
    octets.getInt32(at + 2),
    octets.getInt32(at + 6),
    octets.getInt32(at + 10),
  ];
  if (octets.getUint16(at) !== 0x170d || octets.getUint8(at + 14) !== 0x5a) return false;
  if (!areDigits(yearMonth) || !areDigits(dayHour) || !areDigits(minuteSecond)) return false;
  if (pair(dayHour) >= 24 || pair(minuteSecond >> 16) >= 60 || pair(minuteSecond) >= 60) return false;
  const day = (pair(yearMonth >> 16) * 16 + pair(yearMonth)) * 32 + pair(dayHour >> 16);
  return days[day] === 1 || isCalendarDay(octets, at + 2, day);
}

/** Of four octets at once. */
const areDigits = (word: number): boolean =>
  (word & 0xf0f0_f0f0) === 0x3030_3030 && ((word + 0x0606_0606) & 0xf0f0_f0f0) === 0x3030_3030;

/** The number that the last two digits of a word are. */
const pair = (word: number): number => ((word >> 8) & 0x0f) * 10 + (word & 0x0f);

function isCalendarDay({ buffer, byteOffset }: DataView, at: number, day: number): boolean {
  try {
    parseUtcTime(new Uint8Array(buffer, byteOffset + at, UTC_TIME_OCTETS));
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
  days[day] = 1;
  return true;
}
