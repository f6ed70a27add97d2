import { isUtcTimeYear, TAG } from '@kakunin/der';
import type { StatedTime } from '../stream/crl-report.ts';

/** RFC 5280, 5.1.2.4: UTCTime through 2049, GeneralizedTime from 2050 on. */
export const statedAsItShould = ({ instant, tag }: StatedTime): boolean =>
  tag === (isUtcTimeYear(instant) ? TAG.utcTime : TAG.generalizedTime);
