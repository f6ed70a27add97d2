import { nationwidePeakMid } from './nationwide-peak-mid.ts';
import type { Campaign } from './campaign.ts';

/** Whether one who asks too much harms others is what nationwide-peak-mid asks. */
const { greedyCaller: _greedy, ...arrivals } = nationwidePeakMid.arrivals;

export const failover: Campaign = {
  ...nationwidePeakMid,
  arrivals,
  name: 'failover',
  title: { ja: 'ピーク中の障害（OCSP応答、ブローカー、データベース）', en: 'Failures during the peak' },
  question: {
    ja: 'ピーク中にOCSP応答サーバー、ブローカー、データベースが落ちても、誤った答えも、課金の漏れや重複もないか。',
    en: 'A responder, the broker and PostgreSQL are killed during the peak: no wrong answer, no lost or doubled charge?',
  },
  defaultScale: 0.1,
  closesMonth: false,
  measuresMost: false,
  eventLog: 'kafka',
  incidents: [
    { victim: 'ocsp-responder', at: 0.2, seconds: 1 },
    { victim: 'event log', at: 0.45, seconds: 5 },
    { victim: 'database', at: 0.7, seconds: 3 },
  ],
};
