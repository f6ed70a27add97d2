import { HOURS_OF_DAY, rate } from '../model/demand.ts';
import { BESIDE, type Campaign, checks, FIXED } from './campaign.ts';

/** A point in the middle of each hour, so that the curve runs from midnight to midnight. */
const day = HOURS_OF_DAY.map((hour) => ({ at: (hour + 0.5) / 24, rate: rate('mid', hour) }));

export const averageDay: Campaign = {
  name: 'average-day',
  title: { ja: '1日の流れ（中位、10分に圧縮）', en: 'A day, mid level, in ten minutes' },
  question: {
    ja: '1日の増減に従い、処理待ちを残さず、資源の使用が元に戻るか。',
    en: 'Does the system follow a day’s rise and fall, with nothing left waiting?',
  },
  seconds: 600,
  warmUpSeconds: 15,
  defaultScale: 1,
  arrivals: { ...checks([{ at: 0, rate: rate('mid', 0) }, ...day, { at: 1, rate: rate('mid', 23) }]), ...BESIDE },
  fixed: FIXED,
  revocationsASecond: 1.2,
  certificates: 200_000,
};
