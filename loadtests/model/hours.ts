import { marked } from './figure.ts';
import type { FigureSeries } from './figure.ts';

const shares = (values: readonly number[], because: string): FigureSeries => ({
  values,
  unit: '% of a day',
  mark: { kind: 'assumption', because },
});

/** Which share of a day falls into each hour (JST, from 0 to 23), in per cent. */
export const HOURS = marked({
  clinic: shares(
    [0, 0, 0, 0, 0, 0, 0, 1, 7, 16, 15, 12, 7, 4, 6, 8, 9, 8, 5, 1.5, 0.3, 0.2, 0, 0],
    'Clinics open at 9 and again in the afternoon; most patients of a morning are there when they open.',
  ),
  kiosk: shares(
    [0, 0, 0, 0, 0, 0, 1, 3, 6, 8, 8, 8, 9, 7, 7, 7, 7, 7, 7, 5, 4, 3, 2.5, 0.5],
    'Convenience stores print certificates from 6:30 to 23:00.',
  ),
  taxpayer: shares(
    [2, 1, 0.5, 0.3, 0.2, 0.5, 1, 2, 3, 6, 7, 6, 5, 6, 6, 6, 6, 4, 4, 5, 7, 9, 8.5, 4],
    'Returns are filed from offices by day and from home at night.',
  ),
  online: shares(
    [2, 1, 0.5, 0.5, 0.5, 1, 2, 4, 6, 6.5, 6.5, 6, 8, 6, 5, 5, 5, 5.5, 6, 6, 6, 5.5, 4, 1.5],
    'Log-ins of people with a telephone: on the way to work, at noon, in the evening.',
  ),
  townHall: shares(
    [0, 0, 0, 0, 0, 0, 0, 0, 6, 15, 17, 15, 8, 11, 11, 9, 6, 2, 0, 0, 0, 0, 0, 0],
    'Moves, deaths and renewals are registered while town halls are open.',
  ),
});

export type HourProfile = keyof typeof HOURS;
