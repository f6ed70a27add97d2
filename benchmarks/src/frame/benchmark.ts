/** One figure. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What was promised; null where there is only a measurement. */
  readonly goal: string | null;
  /** Whether the goal is met; null without a goal. */
  readonly met: boolean | null;
}

export interface BenchmarkInput {
  /** A directory of this run's own, removed afterwards. */
  readonly directory: string;
  /** How long each load lasts. */
  readonly seconds: number;
  /** Of the size that is stated, 0 < scale ≤ 1: less for a first look, 1 for figures that count. Parts that have no size take no notice. */
  readonly scale: number;
  /** Tells the person who waits what is going on. */
  readonly say: (line: string) => void;
}

/** A thing that can be measured: `npm run benchmark -- <name>`. */
export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  run(input: BenchmarkInput): Promise<readonly Row[]>;
}

/** A figure without a goal. */
export const measured = (name: string, value: number, unit: string): Row => ({
  name,
  value,
  unit,
  goal: null,
  met: null,
});

/** Something that a person can put right (a missing program, say): one line, no stack trace. */
export class BenchmarkError extends Error {
  override readonly name = 'BenchmarkError';
}

/** The figure must not be larger than its goal. */
export const atMost = (goal: number, row: Row): Row => ({
  ...row,
  goal: `≤ ${goal} ${row.unit}`,
  met: row.value <= goal,
});

/** The figure must not be smaller than its goal. */
export const atLeast = (goal: number, row: Row): Row => ({
  ...row,
  goal: `≥ ${goal} ${row.unit}`,
  met: row.value >= goal,
});
