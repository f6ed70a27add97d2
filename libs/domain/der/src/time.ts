import { DerError } from './der-error.ts';

/** Content octets of GeneralizedTime `YYYYMMDDHHMMSSZ`. */
export const GENERALIZED_TIME_OCTETS = 15;
/** Content octets of UTCTime `YYMMDDHHMMSSZ`. */
export const UTC_TIME_OCTETS = 13;

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const ZERO = 0x30;
const ZULU = 0x5a;
const START_OF_1950 = Date.UTC(1950, 0);
const START_OF_2050 = Date.UTC(2050, 0);

/** Whether RFC 5280, 4.1.2.5 wants UTCTime for the instant (epoch ms): from 1950 through 2049. */
export const isUtcTimeYear = (instant: number): boolean => instant >= START_OF_1950 && instant < START_OF_2050;

/**
 * Writes GeneralizedTime content of an instant (epoch ms, years 1000 to 9999; fractions of a second are cut off).
 * @returns the offset after it
 */
export function writeGeneralizedTime(target: Uint8Array, offset: number, instant: number): number {
  const date = calendarDate(instant);
  writePair(target, offset, (date / 1_000_000) | 0);
  writeDay(target, offset + 2, date);
  return writeTimeOfDay(target, offset + 8, instant);
}

/** Writes UTCTime content of an instant (epoch ms, years 1950 to 2049); @returns the offset after it */
export function writeUtcTime(target: Uint8Array, offset: number, instant: number): number {
  writeDay(target, offset, calendarDate(instant));
  return writeTimeOfDay(target, offset + 6, instant);
}

/** YYMMDD of a number YYYYMMDD. */
function writeDay(target: Uint8Array, offset: number, date: number): void {
  writePair(target, offset, ((date / 10_000) | 0) % 100);
  writePair(target, offset + 2, ((date / 100) | 0) % 100);
  writePair(target, offset + 4, date % 100);
}

function writeTimeOfDay(target: Uint8Array, offset: number, instant: number): number {
  const second = ((instant - Math.floor(instant / DAY) * DAY) / SECOND) | 0;
  const minute = (second / 60) | 0;
  const hour = (minute / 60) | 0;
  writePair(target, offset, hour);
  writePair(target, offset + 2, minute - hour * 60);
  writePair(target, offset + 4, second - minute * 60);
  target[offset + 6] = ZULU;
  return offset + 7;
}

/**
 * The day of an instant as the number YYYYMMDD, by years that begin in March (Hinnant, days_from_civil). Four times stand in
 * an answer and one in each entry of a CRL, and a Date for each would cost more than the rest of it.
 */
function calendarDate(instant: number): number {
  const sinceYearZero = Math.floor(instant / DAY) + 719_468;
  const era = Math.floor(sinceYearZero / 146_097);
  const day = sinceYearZero - era * 146_097;
  const year = ((day - ((day / 1460) | 0) + ((day / 36_524) | 0) - ((day / 146_096) | 0)) / 365) | 0;
  const dayOfYear = day - (365 * year + (year >> 2) - ((year / 100) | 0));
  const march = ((5 * dayOfYear + 2) / 153) | 0;
  const month = march < 10 ? march + 3 : march - 9;
  const dayOfMonth = dayOfYear - (((153 * march + 2) / 5) | 0) + 1;
  return (year + era * 400 + (month <= 2 ? 1 : 0)) * 10_000 + month * 100 + dayOfMonth;
}

function writePair(target: Uint8Array, offset: number, value: number): void {
  const tens = (value / 10) | 0;
  target[offset] = ZERO + tens;
  target[offset + 1] = ZERO + value - tens * 10;
}

/**
 * Epoch ms of `YYYYMMDDHHMMSSZ`, the one form that RFC 5280, 4.1.2.5.2 allows, years 1000 to 9999.
 * @throws DerError on any other form and on dates that no calendar has
 */
export function parseGeneralizedTime(content: Uint8Array): number {
  if (content.length !== GENERALIZED_TIME_OCTETS) throw new DerError('A time has another form than YYYYMMDDHHMMSSZ.');
  return instantOf(readPair(content, 0) * 100 + readPair(content, 2), content.subarray(4));
}

/**
 * Epoch ms of `YYMMDDHHMMSSZ`; years 50 to 99 are 1950 to 1999 (RFC 5280, 4.1.2.5.1).
 * @throws DerError
 */
export function parseUtcTime(content: Uint8Array): number {
  if (content.length !== UTC_TIME_OCTETS) throw new DerError('A time has another form than YYMMDDHHMMSSZ.');
  const year = readPair(content, 0);
  return instantOf(year + (year < 50 ? 2000 : 1900), content.subarray(2));
}

function instantOf(year: number, rest: Uint8Array): number {
  const [month, day, hour] = [readPair(rest, 0), readPair(rest, 2), readPair(rest, 4)];
  const [minute, second] = [readPair(rest, 6), readPair(rest, 8)];
  const instant = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC rolls 31 February over into March, which shows in the day.
  const exists = month >= 1 && month <= 12 && new Date(instant).getUTCDate() === day && hour < 24;
  if (year < 1000 || !exists || minute > 59 || second > 59 || rest[10] !== ZULU)
    throw new DerError('A time is not in any calendar.');
  return instant;
}

function readPair(content: Uint8Array, offset: number): number {
  const [tens, units] = [content[offset]! - ZERO, content[offset + 1]! - ZERO];
  if (tens < 0 || tens > 9 || units < 0 || units > 9) throw new DerError('A time has something other than digits.');
  return tens * 10 + units;
}
