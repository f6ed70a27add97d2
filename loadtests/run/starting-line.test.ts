import { expect, test } from 'vitest';
import { drawStartingLine } from './starting-line.ts';

test('nobody begins before all are there', async () => {
  const line = await drawStartingLine();
  const begun: string[] = [];
  const begin = (name: string): Promise<unknown> => fetch(line.url).then(() => begun.push(name));
  const early = begin('early');
  const crossed = line.crossedBy(2).then(() => [...begun]);
  const late = begin('late');
  // Both wait for their answers when the line is crossed.
  expect(await crossed).toEqual([]);
  await Promise.all([early, late]);
  expect(begun.sort()).toEqual(['early', 'late']);
  await line.stop();
});
