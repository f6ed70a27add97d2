/** A calendar month in Asia/Tokyo, written `2026-10`. */
export type BillingPeriod = string & { readonly brand: 'BillingPeriod' };

/** Japan has had no daylight saving time since 1951 and its offset is fixed: +09:00. */
const JST_OFFSET = 9 * 3_600_000;

/** Instants count from 1970, and the day on which the last month of year 9999 ends has no date of four digits. */
const [FIRST, LAST] = ['1970-01', '9999-11'] as const;

/** @returns undefined when the text is not a month such as `2026-10`, from 1970-01 to 9999-11 */
export function parseBillingPeriod(text: string): BillingPeriod | undefined {
  const isMonth = /^\d{4}-(0[1-9]|1[0-2])$/.test(text) && FIRST <= text && text <= LAST;
  return isMonth ? (text as BillingPeriod) : undefined;
}

/** The month, in Asia/Tokyo, that an instant (epoch ms) falls into. */
export const billingPeriodOf = (instant: number): BillingPeriod =>
  new Date(instant + JST_OFFSET).toISOString().slice(0, 7) as BillingPeriod;

/** First instant of the month and first instant of the next one (epoch ms). */
export function billingPeriodBounds(period: BillingPeriod): { readonly start: number; readonly end: number } {
  const year = Number(period.slice(0, 4));
  const month = Number(period.slice(5));
  return { start: Date.UTC(year, month - 1, 1) - JST_OFFSET, end: Date.UTC(year, month, 1) - JST_OFFSET };
}

/** The calendar year in Asia/Tokyo that an instant (epoch ms) falls into, written `2026`. */
export const calendarYearOf = (instant: number): string => billingPeriodOf(instant).slice(0, 4);

/** The calendar day in Asia/Tokyo, written `2026-10-31`. */
export const jstDateOf = (instant: number): string => new Date(instant + JST_OFFSET).toISOString().slice(0, 10);

/** First instant (epoch ms) of the Asia/Tokyo day that an instant falls into. */
export const jstStartOfDay = (instant: number): number => Date.parse(`${jstDateOf(instant)}T00:00:00Z`) - JST_OFFSET;

/** `2026-10-31 23:59:59 JST`: for whatever people read. */
export const formatJst = (instant: number): string =>
  `${new Date(instant + JST_OFFSET).toISOString().slice(0, 19).replace('T', ' ')} JST`;
