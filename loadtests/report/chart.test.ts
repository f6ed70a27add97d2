import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Chart, drawChart } from './chart.ts';

const chart: Chart = {
  title: '応答時間 <p99> & "more"',
  unit: 'ms',
  series: [
    { name: 'a & b', points: [1, 2, undefined, 4].map((value, second) => ({ second, value })) },
    { name: 'c', points: [] },
  ],
  seconds: 10,
  outages: [{ victim: 'event <log>', from: 2, to: 4 }],
  limit: 50,
};

/** @throws what xmllint says */
const wellFormed = (svg: string): void => void execFileSync('xmllint', ['--noout', '-'], { input: svg });

test('is XML, whatever the names hold', () => {
  wellFormed(drawChart(chart));
  wellFormed(drawChart({ ...chart, series: [], outages: [] }));
});

test('a gap lifts the pen', () => {
  const [path] = /d="([^"]*)"/.exec(drawChart(chart))!.slice(1);
  expect(path!.match(/[ML]/g)!.join('')).toBe('MLM');
});

test('every value and the limit lie within the frame', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(values, (all) => {
      const points = all.map((value, second) => ({ second, value }));
      const svg = drawChart({ ...chart, series: [{ name: 'v', points }] });
      const [path] = /<path d="([^"]*)"/.exec(svg)!.slice(1);
      for (const [, y] of path!.matchAll(/[\d.]+ ([-\d.]+)/g)) {
        expect(Number(y)).toBeGreaterThanOrEqual(75.9);
        expect(Number(y)).toBeLessThanOrEqual(256.1);
      }
      expect(svg).not.toContain('NaN');
    }),
  );
});

test('the frame reaches not much beyond the greatest value', () => {
  const top = (most: number): string =>
    [
      ...drawChart({ ...chart, limit: 0, series: [{ name: 'v', points: [{ second: 0, value: most }] }] }).matchAll(
        /text-anchor="end">([\d.,]+)<\/text>/g,
      ),
    ]
      .map(([, label]) => label!)
      .at(-1)!;
  expect(top(100)).toBe('100');
  expect(top(101)).toBe('200');
  expect(top(2_384)).toBe('4,000');
  expect(top(0.3)).toBe('0.40');
});
