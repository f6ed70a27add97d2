import { describe, expect, it } from 'vitest';
import { PublicationSchedule } from './publication-schedule.ts';

const published = (nextPublication: number): PublicationSchedule => {
  const schedule = new PublicationSchedule(() => 2_000);
  schedule.begin('a').succeeded(nextPublication, 0);
  return schedule;
};

describe('PublicationSchedule', () => {
  it('tries at once for an authority that it has not seen', () => {
    expect(new PublicationSchedule(() => 2_000).isDue('a', 0)).toBe(true);
  });

  it('waits for the next scheduled CRL', () => {
    const schedule = published(10_000);
    expect(schedule.isDue('a', 9_999)).toBe(false);
    expect(schedule.isDue('a', 10_000)).toBe(true);
  });

  it('counts the delay from the first change, so that a stream of changes does not put it off', () => {
    const schedule = published(100_000);
    schedule.noteChange('a', 1_000);
    schedule.noteChange('a', 2_900);
    expect(schedule.isDue('a', 2_999)).toBe(false);
    expect(schedule.isDue('a', 3_000)).toBe(true);
  });

  it('makes one attempt at a time, and another for what changed meanwhile', () => {
    const schedule = published(100_000);
    schedule.noteChange('a', 1_000);
    const attempt = schedule.begin('a');
    schedule.noteChange('a', 3_500);
    expect(schedule.isDue('a', 9_000)).toBe(false);
    attempt.succeeded(100_000, 0);
    expect(schedule.isDue('a', 5_499)).toBe(false);
    expect(schedule.isDue('a', 5_500)).toBe(true);
  });

  it('tries again a second after a failure, and does not forget the change', () => {
    const schedule = published(100_000);
    schedule.noteChange('a', 1_000);
    schedule.begin('a').failed(3_000);
    expect(schedule.isDue('a', 3_999)).toBe(false);
    expect(schedule.isDue('a', 4_000)).toBe(true);
    schedule.begin('a').succeeded(100_000, 0);
    expect(schedule.isDue('a', 50_000)).toBe(false);
  });

  it('does not put a change off when the clock is set back', () => {
    const schedule = published(100_000);
    schedule.noteChange('a', 50_000);
    expect(schedule.isDue('a', 10_000)).toBe(true);
    schedule.begin('a').failed(50_000);
    expect(schedule.isDue('a', 10_000)).toBe(true);
  });

  it('looks again when the clock is set back to before it looked', () => {
    const schedule = new PublicationSchedule(() => 2_000);
    schedule.begin('a').succeeded(100_000, 90_000);
    expect(schedule.isDue('a', 90_001)).toBe(false);
    expect(schedule.isDue('a', 1_000)).toBe(true);
  });

  it('keeps authorities apart', () => {
    const schedule = published(100_000);
    schedule.begin('b').succeeded(100_000, 0);
    schedule.noteChange('b', 1_000);
    expect(schedule.isDue('a', 5_000)).toBe(false);
    expect(schedule.isDue('b', 5_000)).toBe(true);
  });
});
