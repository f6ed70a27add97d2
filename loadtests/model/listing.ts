import { BURST, USES } from './use-cases.ts';
import { DOWNLOADS } from './downloads.ts';
import type { Figure, FigureSeries, Mark } from './figure.ts';
import { HOURS } from './hours.ts';
import { MEASURED } from './measured.ts';
import { NATION } from './nation.ts';
import { POLICY } from './policy.ts';
import { REVOCATION_CAUSES, REVOCATION_DAY_FACTOR } from './revocations.ts';

/** Whatever the model starts from. */
export const INPUTS = {
  nation: NATION,
  uses: USES,
  hours: HOURS,
  burst: BURST,
  revocationCauses: REVOCATION_CAUSES,
  revocationDayFactor: REVOCATION_DAY_FACTOR,
  downloads: DOWNLOADS,
  measured: MEASURED,
  policy: POLICY,
} as const;

/** A number of the model and where it stands, as `nation.cards`. */
export interface ListedFigure {
  readonly name: string;
  readonly figure: Figure | FigureSeries;
}

const isFigure = (value: object): value is Figure | FigureSeries => 'mark' in value;

/** Every number within `data`, which is known by the path to it. */
export function figuresOf(data: object, path = ''): readonly ListedFigure[] {
  if (isFigure(data)) return [{ name: path, figure: data }];
  return Object.entries(data).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? figuresOf(value, path === '' ? key : `${path}.${key}`) : [],
  );
}

/** A mark in a line of text. */
export function describeMark(mark: Mark): string {
  if (mark.kind === 'source') return `${mark.source.title} (${mark.source.date}) ${mark.source.url}`;
  if (mark.kind === 'measured') return `measured: ${mark.by}`;
  return mark.solvedFor === undefined
    ? `assumption: ${mark.because}`
    : `assumption, solved for ${mark.solvedFor}: ${mark.because}`;
}

/** A number in a line of text. */
export function describeFigure({ name, figure }: ListedFigure): string {
  const value = 'value' in figure ? String(figure.value) : figure.values.join(' ');
  return `${name}: ${value} ${figure.unit}\n    ${describeMark(figure.mark)}`;
}
