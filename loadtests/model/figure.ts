/** What a number of the model counts, or is measured in. */
export type Unit =
  | 'people'
  | 'cards'
  | 'certificates'
  | 'checks'
  | 'events a month'
  | 'events a year'
  | 'events a day'
  | 'relying parties'
  | 'partitions'
  | 'families'
  | 'times'
  | 'share'
  | '% of a day'
  | 'days'
  | 'hours'
  | 'seconds'
  | 'months'
  | 'sites'
  | 'cores'
  | 'nodes'
  | 'workers'
  | 'replicas'
  | 'rows'
  | 'µs of CPU'
  | 'octets'
  | 'octets a second'
  | 'entries a CPU-second';

/** A published page: what it is called, where it is, and when it was published (ISO 8601, to the day or month that it names). */
export interface Source {
  readonly title: string;
  readonly url: string;
  readonly date: string;
}

/**
 * Why a number may stand in the model: a page says it; this repository measured it; or somebody assumed it.
 * `solvedFor`: it was chosen so that this figure of the design comes out, and is evidence of nothing.
 */
export type Mark =
  | { readonly kind: 'source'; readonly source: Source }
  | { readonly kind: 'measured'; readonly by: string }
  | { readonly kind: 'assumption'; readonly because: string; readonly solvedFor?: string };

/** A number of the model with its unit and its mark. */
export interface Figure {
  readonly value: number;
  readonly unit: Unit;
  readonly mark: Mark;
}

/** Numbers that share a unit and a mark, such as the 24 hours of a day. */
export interface FigureSeries {
  readonly values: readonly number[];
  readonly unit: Unit;
  readonly mark: Mark;
}

/** `T`, provided that every number in it lies in a `Figure` or a `FigureSeries`; a bare one becomes `never`. */
export type Marked<T> = T extends Figure | FigureSeries
  ? T
  : T extends number
    ? never
    : T extends object
      ? { readonly [Key in keyof T]: Marked<T[Key]> }
      : T;

/** Returns `data` as it is. A number in it that has no mark is an error of types. */
export const marked = <const T>(data: T & Marked<T>): T => data;

/** A number that `source` says. */
export const sourced = (value: number, unit: Unit, source: Source): Figure => ({
  value,
  unit,
  mark: { kind: 'source', source },
});

/** A number that nothing but `because` speaks for. */
export const assumed = (value: number, unit: Unit, because: string): Figure => ({
  value,
  unit,
  mark: { kind: 'assumption', because },
});

/** A number that was chosen so that the design's figure `solvedFor` comes out. */
export function solved(
  value: number,
  unit: Unit,
  { because, solvedFor }: { because: string; solvedFor: string },
): Figure {
  return { value, unit, mark: { kind: 'assumption', because, solvedFor } };
}

/** A number that this repository measured; `by` names the benchmark or report, and the conditions. */
export const measured = (value: number, unit: Unit, by: string): Figure => ({
  value,
  unit,
  mark: { kind: 'measured', by },
});

/** How much of the nation uses the system: as it is used now; as a law or two make it; as often as people pay. */
export const LEVELS = ['low', 'mid', 'high'] as const;

export type Level = (typeof LEVELS)[number];

/** One value a level. */
export type ByLevel<T> = Readonly<Record<Level, T>>;

/** The same for every level. */
export const everyLevel = <T>(value: T): ByLevel<T> => ({ low: value, mid: value, high: value });
