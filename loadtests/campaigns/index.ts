import { averageDay } from './average-day.ts';
import type { Campaign } from './campaign.ts';
import { crlStampede } from './crl-stampede.ts';
import { etaxDeadline } from './etax-deadline.ts';
import { failover } from './failover.ts';
import { nationwidePeakHigh } from './nationwide-peak-high.ts';
import { nationwidePeakMid } from './nationwide-peak-mid.ts';
import { smoke } from './smoke.ts';
import { soak } from './soak.ts';
import { spike } from './spike.ts';

export * from './campaign.ts';

export const CAMPAIGNS: readonly Campaign[] = [
  smoke,
  averageDay,
  nationwidePeakMid,
  nationwidePeakHigh,
  spike,
  etaxDeadline,
  crlStampede,
  soak,
  failover,
];
