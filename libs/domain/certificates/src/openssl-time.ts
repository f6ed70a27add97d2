/**
 * A time as OpenSSL writes it into index.txt: the content of UTCTime (`YYMMDDHHMMSSZ`, years 1950 to 2049) or of
 * GeneralizedTime (`YYYYMMDDHHMMSSZ`), as RFC 5280, 4.1.2.5, narrows them.
 * @returns epoch milliseconds; undefined when it is not such a time, or no day of the calendar
 */
export function parseOpensslTime(text: string): number | undefined {
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (!match) return undefined;
  const [, year = '', ...rest] = match;
  const fullYear = year.length === 4 ? year : `${Number(year) < 50 ? '20' : '19'}${year}`;
  const [month, day, hour, minute, second] = rest;
  const iso = `${fullYear}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const instant = Date.parse(iso);
  // Date.parse takes February 30 for March 1: only a day that comes back unchanged exists.
  if (Number.isNaN(instant) || new Date(instant).toISOString() !== iso || instant < 0) return undefined;
  return instant;
}
