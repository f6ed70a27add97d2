import { DOWNLOADS, stampedeOf } from '../model/downloads.ts';
import { BESIDE, type Campaign, checks, steady } from './campaign.ts';

/** What a CDN lets through to the publisher when all relying parties fetch within the hour. */
const atTheOrigin = stampedeOf('mid').requestsASecond * DOWNLOADS.originShare.value;

export const crlStampede: Campaign = {
  name: 'crl-stampede',
  title: { ja: 'CRLの一斉取得', en: 'Everybody fetches CRLs' },
  question: {
    ja: 'すべての事業者が1時間以内にCRLを取りに来たとき、CDNの後ろの配信元は持ちこたえ、OCSPは影響を受けないか。',
    en: 'When all relying parties fetch CRLs within the hour: does the origin hold, and is OCSP left in peace?',
  },
  seconds: 120,
  warmUpSeconds: 15,
  defaultScale: 1,
  arrivals: {
    ...checks(steady(200)),
    ...BESIDE,
    crlConditional: steady(atTheOrigin * 0.9),
    crlFull: steady(atTheOrigin * 0.02),
    crlDelta: steady(atTheOrigin * 0.08),
  },
  fixed: ['identification', 'usageEvents', 'ocspPost', 'ocspGet', 'ocspHandshake'],
  revocationsASecond: 1,
  certificates: 200_000,
};
