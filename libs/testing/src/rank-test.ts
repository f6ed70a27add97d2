/** Beyond that, one in a million of two alike samples is, either way. */
export const ONE_IN_A_MILLION = 4.8916;

/**
 * How far two samples are apart by their ranks, in standard deviations of chance: 0 when they are alike, positive when
 * `one` is larger. Outliers weigh no more than any rank, so that a busy machine spoils nothing but the sharpness.
 * @see Mann, Whitney: On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other (1947);
 * normal approximation, ties corrected
 */
export function rankDifference(one: readonly number[], other: readonly number[]): number {
  const all = [...one.map((value) => ({ value, ours: true })), ...other.map((value) => ({ value, ours: false }))];
  all.sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let ties = 0;
  for (let from = 0, to = 0; from < all.length; from = to) {
    while (to < all.length && all[to]!.value === all[from]!.value) to += 1;
    const tied = to - from;
    // Ranks from + 1 to `to`: each of the tied has their mean.
    rankSum += all.slice(from, to).filter(({ ours }) => ours).length * ((from + 1 + to) / 2);
    ties += tied ** 3 - tied;
  }
  const [n, m, size] = [one.length, other.length, all.length];
  const u = rankSum - (n * (n + 1)) / 2;
  const variance = ((n * m) / 12) * (size + 1 - ties / (size * (size - 1)));
  return variance === 0 ? 0 : (u - (n * m) / 2) / Math.sqrt(variance);
}

/** Takes a sample: how long it took, ms. */
export type Timed = () => Promise<number>;

export interface TimingQuestion {
  readonly one: Timed;
  readonly other: Timed;
  /** Of each. */
  readonly samples: number;
}

export interface TimingAnswer {
  /** A difference that chance makes once in a million times, and that came again. */
  readonly differs: boolean;
  /** In standard deviations of chance, by round. */
  readonly differences: readonly number[];
  /** Medians, ms, of the last round. */
  readonly medians: readonly [one: number, other: number];
}

const WARM_UP = 10;

/**
 * Whether two things take different times. Both are sampled in turn, in an order that changes at random, so that whatever
 * else the machine does falls on both; a difference counts when fresh samples confirm it.
 */
export async function compareTimes({ one, other, samples }: TimingQuestion): Promise<TimingAnswer> {
  for (let call = 0; call < WARM_UP; call += 1) await Promise.all([one(), other()]);
  const differences: number[] = [];
  let medians: TimingAnswer['medians'];
  do {
    const [ours, theirs] = await interleaved({ one, other, samples });
    differences.push(rankDifference(ours, theirs));
    medians = [quantile(ours, 0.5), quantile(theirs, 0.5)];
  } while (differences.length < 2 && Math.abs(differences[0]!) > ONE_IN_A_MILLION);
  const [first, second = 0] = differences;
  const differs = Math.abs(second) > ONE_IN_A_MILLION && Math.sign(second) === Math.sign(first!);
  return { differs, differences, medians };
}

async function interleaved({ one, other, samples }: TimingQuestion): Promise<[number[], number[]]> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let sample = 0; sample < samples; sample += 1) {
    const oneFirst = Math.random() < 0.5;
    if (oneFirst) ours.push(await one());
    theirs.push(await other());
    if (!oneFirst) ours.push(await one());
  }
  return [ours, theirs];
}

export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;
