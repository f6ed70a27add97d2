import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawDayCurve } from './day-curve.ts';
import { withTables } from './document.ts';

const EXPLANATION = new URL('../../docs/explanation/', import.meta.url);
const capacity = readFileSync(new URL('capacity.md', EXPLANATION), 'utf8');

test('docs/explanation/capacity.md says what the model says (main.ts --document)', () => {
  expect(capacity.match(/<!-- model: \w+ -->/g)).toEqual(
    ['demand', 'revocations', 'capacity', 'algorithms'].map((name) => `<!-- model: ${name} -->`),
  );
  expect(withTables(capacity)).toBe(capacity);
});

test('its drawing is the one of the model (main.ts --level mid --svg)', () => {
  expect(readFileSync(new URL('capacity-day-mid.svg', EXPLANATION), 'utf8')).toBe(drawDayCurve('mid'));
});

test('what stood between the marks goes, what stood around them stays', () => {
  const text =
    'before\n<!-- model: revocations -->\nold\n<!-- end -->\nafter\n<!-- model: algorithms -->\n\n<!-- end -->\n';
  const written = withTables(text);
  expect(written).toMatch(
    /^before\n<!-- model: revocations -->\n\n\| {2}.*\n\n<!-- end -->\nafter\n[^]*\n<!-- end -->\n$/s,
  );
  expect(written).not.toContain('old');
  expect(withTables(written)).toBe(written);
  expect(() => withTables('<!-- model: moon -->\n\n<!-- end -->')).toThrow(RangeError);
});
