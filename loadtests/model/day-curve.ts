import { busiestHour, busiestSecondOf, HOURS_OF_DAY, peak, rateOf } from './demand.ts';
import type { Level } from './figure.ts';
import { LEVEL_WORDS } from './language.ts';
import { grouped, widthOf } from './table.ts';
import { USE_CASES, USES } from './use-cases.ts';
import type { UseCaseName } from './use-cases.ts';

const WIDTH = 960;
const HEIGHT = 520;
const PLOT = { left: 84, right: 936, top: 104, bottom: 460 } as const;
const TICKS = 5;

/** Colours that people who see no red or no green can tell apart (Okabe and Ito). */
const COLOURS: Readonly<Record<UseCaseName, string>> = {
  health: '#0072b2',
  tax: '#d55e00',
  convenienceStores: '#f0e442',
  government: '#009e73',
  private: '#cc79a7',
};

type Scale = (value: number) => number;

const xOf: Scale = (hour) => PLOT.left + (hour / HOURS_OF_DAY.length) * (PLOT.right - PLOT.left);

/** The step between ticks: a round number, so that `TICKS` of them reach `most`. */
function tickStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / TICKS));
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 8, 10].find((factor) => factor * power * TICKS >= most) ?? 10) * power;
}

const point = (x: number, y: number): string => `${x.toFixed(1)},${y.toFixed(1)}`;

/** The area of one use, on top of those before it. Each hour is level, as the model knows means of hours. */
function area(level: Level, use: UseCaseName, y: Scale): string {
  const below = USE_CASES.slice(0, USE_CASES.indexOf(use));
  const edge = (uses: readonly UseCaseName[]): string[] =>
    HOURS_OF_DAY.flatMap((hour) => {
      const value = uses.reduce((total, name) => total + rateOf(name, level, hour), 0);
      return [point(xOf(hour), y(value)), point(xOf(hour + 1), y(value))];
    });
  const points = [...edge([...below, use]), ...edge(below).toReversed()].join(' ');
  return `<polygon points="${points}" fill="${COLOURS[use]}"><title>${USES[use].label.ja}</title></polygon>`;
}

function axes(y: Scale, step: number): string {
  const lines = Array.from({ length: TICKS + 1 }, (_, tick) => {
    const at = y(tick * step).toFixed(1);
    return `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${at}" y2="${at}" stroke="#ccc"/><text x="${PLOT.left - 8}" y="${at}" dy="0.35em" text-anchor="end">${grouped(tick * step)}</text>`;
  });
  const hours = Array.from({ length: 9 }, (_, index) => {
    const hour = index * 3;
    return `<text x="${xOf(hour).toFixed(1)}" y="${PLOT.bottom + 22}" text-anchor="middle">${hour}時</text>`;
  });
  return [...lines, ...hours].join('\n');
}

function legend(): string {
  let x = PLOT.left;
  const entries = USE_CASES.map((use) => {
    const { ja } = USES[use].label;
    const entry = `<rect x="${x}" y="64" width="14" height="14" fill="${COLOURS[use]}" stroke="#555"/><text x="${x + 20}" y="76">${ja}</text>`;
    x += 40 + widthOf(ja) * 7;
    return entry;
  });
  return entries.join('\n');
}

/** The busiest second of each hour, in the middle of it. */
function bursts(level: Level, y: Scale): string {
  const points = HOURS_OF_DAY.map((hour) => point(xOf(hour + 0.5), y(busiestSecondOf(level, hour))));
  return `<polyline points="${points.join(' ')}" fill="none" stroke="#000" stroke-width="1.5" stroke-dasharray="5 4"/>`;
}

function peakMark(level: Level, y: Scale): string {
  const hour = busiestHour(level);
  const [x, top] = [xOf(hour + 0.5), y(peak(level))];
  const label = `最も混む1秒：毎秒${grouped(peak(level))}件（${hour}時台）`;
  return `<circle cx="${x.toFixed(1)}" cy="${top.toFixed(1)}" r="5"/><text x="${x.toFixed(1)}" y="${(top - 12).toFixed(1)}" text-anchor="middle" font-weight="bold" stroke="#fff" stroke-width="5" paint-order="stroke">${label}</text>`;
}

/**
 * Draws the checks a second over the level's busiest day: areas of the uses on top of each other, means of hours, and the
 * busiest second as a dot. An SVG document, in Japanese, with title and description for those who do not see it.
 */
export function drawDayCurve(level: Level): string {
  const step = tickStep(peak(level));
  const y: Scale = (value) => PLOT.bottom - (value / (step * TICKS)) * (PLOT.bottom - PLOT.top);
  const title = `有効性確認の1日（${LEVEL_WORDS[level].ja}、最も混む日）`;
  const hour = busiestHour(level);
  const description = `1時間ごとの平均を用途別に積み上げた面と、各時間の最も混む1秒を結んだ破線。最も多いのは${hour}時台で、最も混む1秒は毎秒${grouped(peak(level))}件。`;
  return `<svg xmlns="http://www.w3.org/2000/svg" lang="ja" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title description" font-family="'BIZ UDPGothic', 'Noto Sans JP', 'IPAexGothic', sans-serif" font-size="14" fill="#222">
<title id="title">${title}</title>
<desc id="description">${description}</desc>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<text x="${PLOT.left}" y="36" font-size="20" font-weight="bold">${title}</text>
<text x="${PLOT.left - 60}" y="${PLOT.top - 10}">件/秒</text>
${legend()}
${axes(y, step)}
${USE_CASES.map((use) => area(level, use, y)).join('\n')}
${bursts(level, y)}
${peakMark(level, y)}
<text x="${PLOT.left}" y="${HEIGHT - 12}">面：1時間の平均　破線：各時間の最も混む1秒</text>
<text x="${PLOT.right}" y="${HEIGHT - 12}" text-anchor="end">日本標準時（JST）</text>
</svg>
`;
}
