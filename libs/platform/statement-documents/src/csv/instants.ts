const JST_OFFSET = 9 * 3_600_000;

/** `2026-11-22T19:04:48.123+09:00`: for machines, in the time zone of the period. */
export const isoJst = (instant: number): string => new Date(instant + JST_OFFSET).toISOString().replace('Z', '+09:00');

/** `2026-10-31T15:00:00Z`, as FOCUS writes instants. */
export const isoUtc = (instant: number): string => `${new Date(instant).toISOString().slice(0, 19)}Z`;
