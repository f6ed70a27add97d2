import { rate } from '../model/demand.ts';
import { BESIDE, type Campaign, checks, FIXED, steady } from './campaign.ts';

export const soak: Campaign = {
  name: 'soak',
  title: { ja: '長時間の連続運転（1時間）', en: 'An hour without a pause' },
  question: {
    ja: '昼間の負荷が続いても、メモリ、待ち行列、応答時間が増え続けないか。',
    en: 'Under an ordinary day’s load for an hour: do memory, queues and latency stay where they are?',
  },
  seconds: 3_600,
  warmUpSeconds: 30,
  defaultScale: 0.5,
  arrivals: { ...checks(steady(rate('mid', 10))), ...BESIDE },
  fixed: FIXED,
  revocationsASecond: 1.2,
  watchesMemory: true,
  certificates: 200_000,
};
