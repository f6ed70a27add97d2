import { DerError } from './der-error.ts';

const UTC_TIME = /^\d{12}Z$/;
const GENERALIZED_TIME = /^\d{14}Z$/;
const FIRST_GENERALIZED_YEAR = 2050;

/** `YYYYMMDDHHMMSSZ` of an instant (epoch ms, years 0 to 9999; fractions of a second are cut off). */
export const generalizedTimeText = (instant: number): string =>
  `${new Date(instant).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;

/** Whether RFC 5280, 4.1.2.5 wants UTCTime for the instant: from 1950 through 2049. */
export function isUtcTimeYear(instant: number): boolean {
  const year = new Date(instant).getUTCFullYear();
  return year >= 1950 && year < FIRST_GENERALIZED_YEAR;
}

/**
 * Epoch ms of `YYYYMMDDHHMMSSZ`, the one form that RFC 5280, 4.1.2.5.2 allows.
 * @throws DerError on any other form and on dates that no calendar has
 */
export function parseGeneralizedTime(text: string): number {
  const instant = GENERALIZED_TIME.test(text)
    ? Date.parse(text.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))
    : NaN;
  // Date.parse rolls 31 February and 24:00 over; writing the instant again shows it.
  if (Number.isNaN(instant) || generalizedTimeText(instant) !== text) throw new DerError('A time is malformed.');
  return instant;
}

/**
 * Epoch ms of `YYMMDDHHMMSSZ`; years 50 to 99 are 1950 to 1999 (RFC 5280, 4.1.2.5.1).
 * @throws DerError
 */
export function parseUtcTime(text: string): number {
  if (!UTC_TIME.test(text)) throw new DerError('A time is malformed.');
  return parseGeneralizedTime(`${text < '50' ? '20' : '19'}${text}`);
}
