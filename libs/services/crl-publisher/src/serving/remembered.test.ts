import { expect, it } from 'vitest';
import { Remembered } from './remembered.ts';

function scene(limit: number) {
  const looked: string[] = [];
  const store = new Map([
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]);
  const remembered = new Remembered(limit, async (key) => {
    looked.push(key);
    if (key === 'away') throw new Error('away');
    return store.get(key);
  });
  return { looked, store, remembered };
}

it('looks up once what is there, and again what is not, or failed', async () => {
  const { looked, store, remembered } = scene(10);
  expect(await remembered.get('a')).toBe(1);
  expect(await remembered.get('a')).toBe(1);
  expect(await remembered.get('d')).toBeUndefined();
  store.set('d', 4);
  expect(await remembered.get('d')).toBe(4);
  for (let turn = 0; turn < 2; turn++) await expect(remembered.get('away')).rejects.toThrow('away');
  expect(looked).toEqual(['a', 'd', 'd', 'away', 'away']);
});

it('forgets the oldest', async () => {
  const { looked, remembered } = scene(2);
  for (const key of ['a', 'b', 'c', 'b', 'c', 'a']) await remembered.get(key);
  expect(looked).toEqual(['a', 'b', 'c', 'a']);
});

it('remembering none, lets only those wait together who ask at once', async () => {
  const { looked, store, remembered } = scene(0);
  expect(await Promise.all([remembered.get('a'), remembered.get('a')])).toEqual([1, 1]);
  store.set('a', 5);
  expect(await remembered.get('a')).toBe(5);
  expect(looked).toEqual(['a', 'a']);
});
