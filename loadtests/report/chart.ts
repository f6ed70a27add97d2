import { grouped } from '../model/table.ts';

/** A curve: points by time; a gap where there is no value. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly second: number; readonly value: number | undefined }[];
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  readonly seconds: number;
  /** Shaded, with what was dead. */
  readonly outages: readonly { readonly victim: string; readonly from: number; readonly to: number }[];
  /** A horizontal line: what was promised. */
  readonly limit?: number;
}

const WIDTH = 960;
const HEIGHT = 296;
const PLOT = { left: 72, right: 944, top: 76, bottom: 256 } as const;
const TICKS = 4;
const LEGEND_COLUMNS = 4;
/** Colours that people who see no red or no green can tell apart (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];
const DASHES = ['', '6 3', '2 3', '8 3 2 3', '12 3'];

/** Up to `TICKS` steps of a round size reach `most`. */
function stepFor(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / TICKS));
  return ([1, 2, 2.5, 5, 10].find((factor) => factor * power * TICKS >= most) ?? 10) * power;
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Draws curves over the time of a campaign as an SVG element, with a title for those who do not see it. */
export function drawChart({ title, unit, seconds, outages, limit, ...chart }: Chart): string {
  // What came after the load was over is not of it.
  const series = chart.series.map(({ name, points }) => ({
    name,
    points: points.filter(({ second }) => second <= seconds),
  }));
  const values = series.flatMap(({ points }) => points.map(({ value }) => value ?? 0));
  const most = Math.max(...values, limit ?? 0);
  const step = stepFor(most > 0 ? most : 1);
  const x = (second: number): number => PLOT.left + (Math.min(second, seconds) / seconds) * (PLOT.right - PLOT.left);
  const y = (value: number): number => PLOT.bottom - (value / (step * TICKS)) * (PLOT.bottom - PLOT.top);
  const grid = Array.from({ length: TICKS + 1 }, (_, tick) => {
    const at = y(tick * step).toFixed(1);
    const label = grouped(tick * step, step < 1 ? 2 : 0);
    return `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${at}" y2="${at}" class="grid"/><text x="${PLOT.left - 8}" y="${at}" dy="0.35em" text-anchor="end">${label}</text>`;
  });
  const times = Array.from({ length: 7 }, (_, index) => {
    const second = (seconds * index) / 6;
    return `<text x="${x(second).toFixed(1)}" y="${PLOT.bottom + 20}" text-anchor="middle">${Math.round(second)} s</text>`;
  });
  const shades = outages.map(
    ({ victim, from, to }) =>
      `<rect x="${x(from).toFixed(1)}" width="${Math.max(2, x(to) - x(from)).toFixed(1)}" y="${PLOT.top}" height="${PLOT.bottom - PLOT.top}" class="outage"><title>${escaped(victim)}</title></rect>`,
  );
  const promised =
    limit === undefined
      ? ''
      : `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(limit).toFixed(1)}" y2="${y(limit).toFixed(1)}" class="limit"/>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">
<text x="${PLOT.left}" y="18" class="title">${escaped(title)}</text><text x="${PLOT.right}" y="18" text-anchor="end">${escaped(unit)}</text>
${legend(series)}${shades.join('')}${grid.join('')}${times.join('')}${promised}
${series.map((one, index) => curve(one, index, { x, y })).join('\n')}
</svg>`;
}

/** In rows of four: names of services are long. */
function legend(series: readonly Series[]): string {
  const width = (PLOT.right - PLOT.left) / LEGEND_COLUMNS;
  return series
    .map(({ name }, index) => {
      const left = PLOT.left + (index % LEGEND_COLUMNS) * width;
      const y = 38 + 18 * Math.floor(index / LEGEND_COLUMNS);
      return `<line x1="${left}" x2="${left + 24}" y1="${y}" y2="${y}" ${strokeOf(index)}/><text x="${left + 30}" y="${y}" dy="0.35em">${escaped(name)}</text>`;
    })
    .join('');
}

const strokeOf = (index: number): string =>
  `stroke="${COLOURS[index % COLOURS.length]}" stroke-width="2" stroke-dasharray="${DASHES[index % DASHES.length]}"`;

interface Scales {
  readonly x: (second: number) => number;
  readonly y: (value: number) => number;
}

function curve({ points }: Series, index: number, { x, y }: Scales): string {
  let pen = 'M';
  const path = points.flatMap(({ second, value }) => {
    if (value === undefined) {
      pen = 'M';
      return [];
    }
    const command = `${pen}${x(second).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = 'L';
    return [command];
  });
  return `<path d="${path.join('')}" fill="none" ${strokeOf(index)}/>`;
}
