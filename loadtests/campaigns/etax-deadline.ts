import { HOURS_OF_DAY, rateOf } from '../model/demand.ts';
import { BURST } from '../model/use-cases.ts';
import { BESIDE, type Campaign, checks, FIXED } from './campaign.ts';

/** Of the high level's last day, the evening: everybody who has put it off. */
const evening = HOURS_OF_DAY.slice(18);

export const etaxDeadline: Campaign = {
  name: 'etax-deadline',
  title: { ja: '所得税申告の最終日の夜', en: 'The last evening of income tax' },
  question: {
    ja: '申告の締切りに向けて署名用証明書の確認が増え続けるとき、深夜0時まで持ちこたえるか。',
    en: 'Checks of signature certificates rise towards the deadline: does it hold until midnight?',
  },
  seconds: 180,
  warmUpSeconds: 15,
  defaultScale: 0.5,
  arrivals: {
    ...checks(
      evening.map((hour, index) => ({
        at: index / (evening.length - 1),
        rate: rateOf('tax', 'high', hour) * BURST.high.value,
      })),
    ),
    ...BESIDE,
  },
  fixed: FIXED,
  revocationsASecond: 2,
  certificates: 200_000,
};
