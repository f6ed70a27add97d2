import { expect, it } from 'vitest';
import { Places } from './places.ts';

it('has so many at work at once, the others in their order, also behind one that fails', async () => {
  const places = new Places(2);
  const begun: number[] = [];
  let atWork = 0;
  let most = 0;
  const settled = await Promise.allSettled(
    [1, 2, 3, 4, 5].map((number) =>
      places.take(async () => {
        begun.push(number);
        most = Math.max(most, (atWork += 1));
        await new Promise<void>((resolve) => setImmediate(resolve));
        atWork -= 1;
        if (number === 2) throw new Error('no');
      }),
    ),
  );
  expect(begun).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(2);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
});
