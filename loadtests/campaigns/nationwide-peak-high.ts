import { peak } from '../model/demand.ts';
import { nationwidePeakMid } from './nationwide-peak-mid.ts';
import { BESIDE, type Campaign, checks, greedFor, steady } from './campaign.ts';

export const nationwidePeakHigh: Campaign = {
  ...nationwidePeakMid,
  name: 'nationwide-peak-high',
  title: { ja: '全国ピーク（高位）', en: 'Nationwide peak, high level' },
  defaultScale: 0.1,
  arrivals: { ...checks(steady(peak('high'))), ...BESIDE, greedyCaller: greedFor(0.8 * peak('high')) },
};
