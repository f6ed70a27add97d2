import { BESIDE, type Campaign, checks, FIXED, steady } from './campaign.ts';

export const smoke: Campaign = {
  name: 'smoke',
  title: { ja: '動作確認', en: 'Smoke test' },
  question: {
    ja: 'すべての種類の要求に正しく答え、正しく課金されるか（負荷は小さい）。',
    en: 'Is every kind of request answered and charged as it should be? The load is small.',
  },
  seconds: 30,
  warmUpSeconds: 2,
  defaultScale: 1,
  arrivals: { ...checks(steady(60)), ...BESIDE, greedyCaller: steady(100) },
  fixed: [...FIXED, 'ocspPost', 'ocspGet', 'ocspHandshake', 'greedyCaller'],
  revocationsASecond: 1,
  certificates: 2_000,
};
