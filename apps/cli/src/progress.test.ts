import { expect, it } from 'vitest';
import { progressText } from './progress.ts';

it('tells rate, share and time left of a file', () => {
  expect(progressText({ verb: 'sent', lines: 50_000, bytes: 5_000, totalBytes: 10_000, elapsed: 2_000 })).toBe(
    '50,000 lines sent, 25,000/s, 50 %, 2 s left',
  );
});

it('tells share and time left of so many lines', () => {
  const state = { verb: 'read', bytes: 9_999, totalLines: 1_000, elapsed: 1_000 } as const;
  expect(progressText({ ...state, lines: 250 })).toBe('250 lines read, 250/s, 25 %, 3 s left');
  // The line of titles is one more.
  expect(progressText({ ...state, lines: 1_001 })).toBe('1,001 lines read, 1,001/s, 100 %, 0 s left');
});

it('tells the rate of a pipe, whose length nobody knows', () => {
  expect(progressText({ verb: 'read', lines: 10, bytes: 100, elapsed: 0 })).toBe('10 lines read, 10,000/s');
});
