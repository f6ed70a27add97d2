import { describe, expect, it } from 'vitest';
import { checkTiming, crlInstants } from './timing.ts';

const timing = {
  period: 3_600_000,
  validity: 86_400_000,
  overlap: 43_200_000,
  debounce: 2_000,
  maximumDataAge: 60_000,
};

describe('checkTiming', () => {
  it('takes a validity that covers period, overlap and the age of the data', () => {
    expect(() => checkTiming(timing)).not.toThrow();
    expect(() => checkTiming({ ...timing, validity: 3_600_000 + 43_200_000 + 60_000 })).not.toThrow();
  });

  it('names every rule that is broken', () => {
    expect(() => checkTiming({ ...timing, period: 500, validity: 1_000 })).toThrow(
      expect.objectContaining({
        code: 'timing_invalid',
        message:
          'CRL timing: the period must be at least a second; the validity must be at least period + overlap + ' +
          'greatest age of the status data; the period must be shorter than half of the validity; the wait after a revocation must be shorter than the period.',
      }),
    );
  });
});

describe('crlInstants', () => {
  it('dates a CRL by its data, in whole seconds that never run ahead of it', () => {
    expect(crlInstants(10_999, { validity: 5_500 })).toEqual({ thisUpdate: 10_000, nextUpdate: 15_000 });
  });
});
