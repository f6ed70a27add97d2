import { expect, test } from 'vitest';
import { busiestHour, peak } from './demand.ts';
import { drawDayCurve } from './day-curve.ts';
import { LEVELS } from './figure.ts';
import { grouped } from './table.ts';
import { USE_CASES, USES } from './use-cases.ts';

const BOTTOM = 460;
const TOP = 104;

test.each(LEVELS)('%s: the drawing names itself, each use and the peak', (level) => {
  const svg = drawDayCurve(level);
  expect(svg).toContain('role="img" aria-labelledby="title description"');
  expect(svg).toMatch(/<title id="title">有効性確認の1日/);
  expect(svg).toMatch(/<desc id="description">.+<\/desc>/);
  for (const use of USE_CASES) expect(svg.split(USES[use].label.ja)).toHaveLength(3);
  expect(svg).toContain(`毎秒${grouped(peak(level))}件（${busiestHour(level)}時台）`);
});

test.each(LEVELS)('%s: areas lie on each other and within the axes, the burst line on the dot', (level) => {
  const svg = drawDayCurve(level);
  const areas = [...svg.matchAll(/<polygon points="([^"]+)"/g)].map(([, points = '']) =>
    points.split(' ').map((point) => point.split(',').map(Number) as [number, number]),
  );
  expect(areas).toHaveLength(USE_CASES.length);
  let below = Array.from({ length: 48 }, () => BOTTOM);
  for (const area of areas) {
    expect(area).toHaveLength(96);
    expect(
      area
        .slice(48)
        .map(([, y]) => y)
        .toReversed(),
    ).toEqual(below);
    below = area.slice(0, 48).map(([, y]) => y);
  }
  expect(Math.min(...below)).toBeGreaterThanOrEqual(TOP);
  const [, dotX, dotY] = /<circle cx="([\d.]+)" cy="([\d.]+)"/.exec(svg) ?? [];
  expect(svg).toMatch(new RegExp(`<polyline points="[^"]*\\b${dotX},${dotY}\\b`));
});
