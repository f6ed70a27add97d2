import { peak, rate } from '../model/demand.ts';
import { BESIDE, type Campaign, checks, FIXED } from './campaign.ts';

export const spike: Campaign = {
  name: 'spike',
  title: { ja: '連休明け月曜日の9時', en: 'Monday, nine o’clock, after holidays' },
  question: {
    ja: '早朝の負荷から数秒で全国ピークに達しても、エラーも遅れもなく受け止められるか。',
    en: 'Is a rise from early morning to the nationwide peak within seconds taken without errors or delay?',
  },
  seconds: 120,
  warmUpSeconds: 15,
  defaultScale: 0.5,
  arrivals: {
    ...checks([
      { at: 0, rate: rate('mid', 6) },
      { at: 0.3, rate: rate('mid', 6) },
      { at: 0.34, rate: peak('mid') },
      { at: 0.8, rate: peak('mid') },
      { at: 1, rate: rate('mid', 9) },
    ]),
    ...BESIDE,
  },
  fixed: FIXED,
  revocationsASecond: 5,
  certificates: 200_000,
};
