import { peak } from '../model/demand.ts';
import { revocationsByQuarterHour, revocationsOnPeakDay } from '../model/revocations.ts';
import { BESIDE, type Campaign, checks, FIXED, greedFor, steady } from './campaign.ts';

const SECONDS_A_QUARTER_HOUR = 900;
/** The storm: the busiest quarter of an hour of a peak day, all of it for this one installation. */
const busiestQuarterHour = Math.max(...revocationsByQuarterHour(revocationsOnPeakDay()));

export const nationwidePeakMid: Campaign = {
  name: 'nationwide-peak-mid',
  title: { ja: '全国ピーク（中位）', en: 'Nationwide peak, mid level' },
  question: {
    ja: '全国で最も混む1秒の負荷が続いても、速く正しく答え、失効をすぐ伝え、1件も漏らさず二重にも課金しないか。',
    en: 'With the nation’s busiest second lasting for minutes: fast and right answers, prompt revocations, exact charges?',
  },
  seconds: 180,
  warmUpSeconds: 20,
  defaultScale: 0.1,
  arrivals: { ...checks(steady(peak('mid'))), ...BESIDE, greedyCaller: greedFor(0.8 * peak('mid')) },
  fixed: FIXED,
  revocationsASecond: busiestQuarterHour / SECONDS_A_QUARTER_HOUR,
  closesMonth: true,
  measuresMost: true,
  certificates: 200_000,
};
