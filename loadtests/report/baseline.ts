import type { Figure, Summary } from './summary.ts';

/** How a figure stands against the same figure of an earlier run. */
export interface Comparison {
  readonly name: string;
  readonly before: Figure;
  readonly now: Figure;
  /** Now against before. */
  readonly ratio: number;
  /** Beyond what two runs on one machine differ by. */
  readonly judged: 'better' | 'worse' | 'alike';
}

/** Two runs of the same build on a machine that others use too differ by so much. */
const NOISE = 0.25;

/**
 * Compares with an earlier summary, figure by figure.
 * @returns undefined where they cannot be compared: another campaign, scale, length or machine
 */
export function compare(now: Summary, before: Summary): readonly Comparison[] | undefined {
  const isAlike =
    now.campaign === before.campaign &&
    now.scale === before.scale &&
    now.seconds === before.seconds &&
    now.machine.cores === before.machine.cores &&
    now.machine.model === before.machine.model;
  if (!isAlike) return undefined;
  return Object.entries(now.figures).flatMap(([name, figure]) => {
    const earlier = before.figures[name];
    return earlier ? [comparison(name, earlier, figure)] : [];
  });
}

function comparison(name: string, before: Figure, now: Figure): Comparison {
  const ratio = before.value === 0 ? 1 : now.value / before.value;
  const isMore = ratio > 1 + NOISE;
  const isLess = ratio < 1 / (1 + NOISE);
  const isBetter = now.better === 'more' ? isMore : isLess;
  const judged = !isMore && !isLess ? 'alike' : isBetter ? 'better' : 'worse';
  return { name, before, now, ratio, judged };
}
