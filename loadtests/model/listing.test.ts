import { expect, test } from 'vitest';
import { assumed, marked } from './figure.ts';
import { describeFigure, figuresOf, INPUTS } from './listing.ts';
import { SOURCES } from './sources.ts';

/** Where in `data` a number lies that is no figure. */
function bareNumbers(data: unknown, path = ''): readonly string[] {
  if (typeof data === 'number') return [path];
  if (typeof data !== 'object' || data === null || 'mark' in data) return [];
  return Object.entries(data).flatMap(([key, value]: [string, unknown]) => bareNumbers(value, `${path}.${key}`));
}

test('no number of the model stands without a mark', () => {
  expect(figuresOf(INPUTS).length).toBeGreaterThan(90);
  expect(bareNumbers(INPUTS)).toEqual([]);
  expect(bareNumbers({ a: { b: 3 } })).toEqual(['.a.b']);
});

test('a number without a mark is an error of types', () => {
  // @ts-expect-error 3 is a bare number
  marked({ nested: { bare: 3 } });
  // @ts-expect-error so it is in a list
  marked({ list: [assumed(1, 'days', 'An example.'), 3] });
  expect(marked({ nested: { known: assumed(3, 'days', 'An example.') } }).nested.known.value).toBe(3);
});

test('every mark says something', () => {
  for (const { name, figure } of figuresOf(INPUTS)) {
    const { mark } = figure;
    const text =
      mark.kind === 'source'
        ? mark.source.title
        : mark.kind === 'measured'
          ? mark.by
          : (mark.solvedFor ?? mark.because);
    expect(text.length, name).toBeGreaterThan(5);
  }
});

test('sources are pages with dates, and each one is used', () => {
  const used = new Set(
    figuresOf(INPUTS).flatMap(({ figure }) => (figure.mark.kind === 'source' ? [figure.mark.source.url] : [])),
  );
  for (const { url, date } of Object.values(SOURCES)) {
    expect(new URL(url).protocol).toBe('https:');
    expect(date).toMatch(/^20\d\d(-\d\d){0,2}$/);
    expect(used.has(url), url).toBe(true);
  }
});

test('what was solved says for which figure', () => {
  const solvedFor = figuresOf(INPUTS).flatMap(({ figure: { mark } }) =>
    mark.kind === 'assumption' && mark.solvedFor ? [mark.solvedFor] : [],
  );
  for (const figure of [
    '153 M',
    '406 M',
    '1,872 M',
    '627',
    '2,384',
    '16,064',
    '105,000',
    '480,000',
    '26 M',
    '9 M',
    '200 M',
  ])
    expect(
      solvedFor.some((text) => text.includes(figure)),
      figure,
    ).toBe(true);
});

test('a number is listed with its path, unit and mark', () => {
  const listed = figuresOf(INPUTS).map(describeFigure);
  expect(listed.find((text) => text.startsWith('nation.cards:'))).toMatch(
    /^nation.cards: 100029804 cards\n {4}.*2025-12-05/,
  );
  expect(listed.find((text) => text.startsWith('burst.mid:'))).toContain('assumption, solved for 2,384 checks/s');
  expect(listed.find((text) => text.startsWith('hours.clinic:'))).toContain('% of a day');
});
