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
  writePair(target, offset, Math.floor(new Date(instant).getUTCFullYear() / 100));
  return writeUtcTime(target, offset + 2, instant);
}

/** Writes UTCTime content of an instant (epoch ms, years 1950 to 2049); @returns the offset after it */
export function writeUtcTime(target: Uint8Array, offset: number, instant: number): number {
  const date = new Date(instant);
  const second = Math.floor((((instant % DAY) + DAY) % DAY) / SECOND);
  writePair(target, offset, date.getUTCFullYear() % 100);
  writePair(target, offset + 2, date.getUTCMonth() + 1);
  writePair(target, offset + 4, date.getUTCDate());
  writePair(target, offset + 6, Math.floor(second / 3600));
  writePair(target, offset + 8, Math.floor(second / 60) % 60);
  writePair(target, offset + 10, second % 60);
  target[offset + 12] = ZULU;
  return offset + UTC_TIME_OCTETS;
}

function writePair(target: Uint8Array, offset: number, value: number): void {
  target[offset] = ZERO + Math.floor(value / 10);
  target[offset + 1] = ZERO + (value % 10);
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
