import { describe, expect, it } from 'vitest';
import { Source } from './source.ts';

describe('Source', () => {
  it('asks once a second, however many read', async () => {
    let now = 0;
    let asked = 0;
    const clock = { now: () => now };
    const source = new Source({ clock, load: () => Promise.resolve(++asked), onUnavailable: () => undefined });
    expect(await Promise.all([source.read(), source.read()])).toEqual([{ value: 1 }, { value: 1 }]);
    now = 999;
    expect(await source.read()).toEqual({ value: 1 });
    now = 1_000;
    expect(await source.read()).toEqual({ value: 2 });
  });

  it('never fails, reports an absence once, and comes back by itself', async () => {
    let now = 0;
    let away = true;
    const reported: unknown[] = [];
    const source = new Source({
      clock: { now: () => (now += 2_000) },
      load: () => (away ? Promise.reject(new Error('refused')) : Promise.resolve('here')),
      onUnavailable: (error) => reported.push(error),
    });
    expect([await source.read(), await source.read()]).toEqual(['unavailable', 'unavailable']);
    expect(reported).toHaveLength(1);
    away = false;
    expect(await source.read()).toEqual({ value: 'here' });
  });
});
