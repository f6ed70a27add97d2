import { groupDigits } from './yen-text.ts';

/** From yen to pixels, with ticks at round amounts. */
export interface YenScale {
  readonly ticks: readonly { readonly yen: number; readonly label: string }[];
  /** Pixels from the left of the axis. */
  readonly position: (yen: bigint | number) => number;
}

/** Most ticks above zero. */
const TICKS = 5;
const UNITS = [
  { from: 1e8, yen: 1e8, name: '億円' },
  { from: 1e4, yen: 1e4, name: '万円' },
];

/**
 * A scale over zero and all amounts. Doubles are exact enough for pixels.
 * @param width of the axis, in pixels
 */
export function yenScale(amounts: readonly bigint[], width: number): YenScale {
  const most = Math.max(1, ...amounts.map(Number));
  const least = Math.min(0, ...amounts.map(Number));
  const step = roundStep((most - least) / TICKS);
  const [first, last] = [Math.floor(least / step), Math.ceil(most / step)];
  const unit = UNITS.find(({ from }) => most >= from) ?? { yen: 1, name: '円' };
  return {
    ticks: Array.from({ length: last - first + 1 }, (_, index) => {
      const yen = (first + index) * step;
      return { yen, label: yen === 0 ? '0' : `${decimal(yen / unit.yen)}${unit.name}` };
    }),
    position: (yen) => Math.round(((Number(yen) / step - first) / (last - first)) * width * 100) / 100,
  };
}

/** 1, 2 or 5 times a power of ten: the least that is not below. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  return ([1, 2, 5].find((factor) => factor * power >= least) ?? 10) * power;
}

const decimal = (value: number): string => {
  const [whole = '', fraction] = String(Math.round(value * 1000) / 1000).split('.');
  return fraction === undefined ? groupDigits(whole) : `${groupDigits(whole)}.${fraction}`;
};
