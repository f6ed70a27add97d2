const SECOND = 1000;
/** 9999-12-31T23:59:59.999Z: the last that is written with four digits of year. */
const LAST = 253_402_300_799_999;
const THOUSANDTHS = Array.from({ length: SECOND }, (_, count) => count.toString().padStart(3, '0'));
const FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

// Leaves follow each other within seconds: the text of the last second is kept. Making it costs 1 µs a leaf otherwise.
let second = 0;
let secondText = '1970-01-01T00:00:00.';

/** Writes an instant (epoch ms) in UTC, with milliseconds. @returns undefined when it has no such form */
export function formatLeafTime(time: number): string | undefined {
  if (!(Number.isInteger(time) && time >= 0 && time <= LAST)) return undefined;
  const millisecond = time % SECOND;
  keepSecond(time - millisecond);
  return `${secondText}${THOUSANDTHS[millisecond]!}Z`;
}

/** @returns undefined for what {@link formatLeafTime} does not write: a 31st of February too */
export function parseLeafTime(text: string): number | undefined {
  if (!FORM.test(text)) return undefined;
  if (!text.startsWith(secondText)) {
    const time = Date.parse(text);
    if (!(time >= 0)) return undefined;
    keepSecond(time - (time % SECOND));
    if (!text.startsWith(secondText)) return undefined;
  }
  return second + Number(text.slice(-4, -1));
}

function keepSecond(start: number): void {
  if (start === second) return;
  second = start;
  secondText = new Date(start).toISOString().slice(0, -4);
}
