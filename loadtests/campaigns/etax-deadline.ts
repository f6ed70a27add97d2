import { HOURS_OF_DAY, rate, rateOf } from '../model/demand.ts';
import { BURST } from '../model/use-cases.ts';
import { BESIDE, type Campaign, checks, FIXED } from './campaign.ts';

/** Of the high level's last day, the evening: everybody who has put it off, in its busiest seconds, beside a usual evening. */
const evening = HOURS_OF_DAY.slice(18);
const rateAt = (hour: number): number =>
  rate('mid', hour) - rateOf('tax', 'mid', hour) + rateOf('tax', 'high', hour) * BURST.high.value;

export const etaxDeadline: Campaign = {
  name: 'etax-deadline',
  title: { ja: '所得税申告の最終日の夜', en: 'The last evening of income tax' },
  question: {
    ja: '申告の駆け込み（夜9時ごろが最大）が通常の夜の利用に重なっても、深夜0時まで持ちこたえるか。',
    en: 'Everybody files at last, most of them around nine, beside an ordinary evening: does it hold until midnight?',
  },
  seconds: 180,
  warmUpSeconds: 15,
  defaultScale: 1,
  arrivals: {
    ...checks(
      evening.map((hour, index) => ({
        at: index / (evening.length - 1),
        rate: rateAt(hour),
      })),
    ),
    ...BESIDE,
  },
  fixed: FIXED,
  revocationsASecond: 2,
  certificates: 200_000,
};
