import { expect, test, vi } from 'vitest';
import { Pulse } from '../worker/pulse.ts';
import { PulseWatch } from './pulse-watch.ts';

test('a pulse that stands still for some looks is told of, and then again', () => {
  const pulse = { beats: 0 };
  const onStill = vi.fn();
  const watch = new PulseWatch({ pulse, missedLooks: 3, onStill });
  const look = (times: number): void => {
    for (let time = 0; time < times; time += 1) watch.look();
  };
  look(3);
  pulse.beats += 1;
  look(3);
  expect(onStill).not.toHaveBeenCalled();
  look(1);
  expect(onStill).toHaveBeenCalledTimes(1);
  look(3);
  expect(onStill).toHaveBeenCalledTimes(2);
});

test('who begins at a place is seen at once, however long nobody was there', () => {
  const pulse = new Pulse();
  const onStill = vi.fn();
  const watch = new PulseWatch({ pulse, missedLooks: 3, onStill });
  for (let time = 0; time < 3; time += 1) watch.look();
  const stop = pulse.beat();
  watch.look();
  stop();
  expect(onStill).not.toHaveBeenCalled();
});
