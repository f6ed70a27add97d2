import fc from 'fast-check';
import { expect, it } from 'vitest';
import { REFUSAL_GRID_MS, untilGrid } from './refusal-grid.ts';

it('ends at a multiple of the grid, at the first one that is left', () => {
  const instant = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(instant, instant, (started, elapsed) => {
      const wait = untilGrid(started, started + elapsed);
      const steps = (elapsed + wait) / REFUSAL_GRID_MS;
      expect(steps).toBeCloseTo(Math.round(steps), 4);
      expect(Math.round(steps)).toBeGreaterThanOrEqual(1);
      expect(wait).toBeLessThanOrEqual(REFUSAL_GRID_MS);
    }),
  );
});
