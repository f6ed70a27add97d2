import { assumed, everyLevel, marked } from './figure.ts';
import type { Level } from './figure.ts';
import { NATION } from './nation.ts';
import { liveEntries } from './revocations.ts';

const SECONDS_A_DAY = 86_400;
const SECONDS_AN_HOUR = 3600;

/** Who downloads CRLs, and how often. All of it meets the CDN; the origin sees `originShare`. */
export const DOWNLOADS = marked({
  fetchers: {
    low: assumed(0.1, 'share', 'Relying parties that check against CRLs; most ask a PF provider.'),
    mid: assumed(0.15, 'share', 'More of them, as CRLs are free.'),
    high: assumed(0.2, 'share', 'More of them, as CRLs are free.'),
  },
  fetchesADay: {
    low: assumed(24, 'times', 'Each CRL is asked for once an hour.'),
    mid: assumed(24, 'times', 'Each CRL is asked for once an hour.'),
    high: assumed(96, 'times', 'Each CRL is asked for once a quarter of an hour.'),
  },
  fullFetchesADay: everyLevel(assumed(1, 'times', 'A CRL is new once a day; otherwise the answer is 304.')),
  hourFactor: assumed(4, 'times', 'Programs start on the hour.'),
  originShare: assumed(0.05, 'share', 'What the CDN does not hold, or has to ask about.'),
  octetsAnEntry: assumed(37, 'octets', 'The design: a 16-octet serial number, a date, a reason.'),
  octetsACrl: assumed(900, 'octets', 'Names, numbers and an RSA signature of a CRL, without entries.'),
  octetsOfA304: assumed(400, 'octets', 'Its head, with an ETag.'),
});

/** CRLs of all partitions of all families. */
export const crls = (): number => NATION.partitionsAFamily.value * NATION.families.value;

/** Octets of all CRLs together. */
export const octetsOfAllCrls = (): number =>
  (liveEntries('signature') + liveEntries('userAuthentication')) * DOWNLOADS.octetsAnEntry.value +
  crls() * DOWNLOADS.octetsACrl.value;

/** Requests for CRLs and what they carry. */
export interface DownloadLoad {
  /** Mean of a day. */
  readonly requestsASecond: number;
  /** The minutes in which programs start. */
  readonly peakRequestsASecond: number;
  /** In those minutes, as it leaves the CDN. */
  readonly peakOctetsASecond: number;
  /** In those minutes, as it leaves the publisher. */
  readonly peakOriginOctetsASecond: number;
}

/** Downloads on an ordinary day. Each fetcher asks for every CRL. */
export function downloadsOf(level: Level): DownloadLoad {
  const fetchers = NATION.relyingParties[level].value * DOWNLOADS.fetchers[level].value;
  const full = DOWNLOADS.fullFetchesADay[level].value;
  const unchanged = Math.max(0, DOWNLOADS.fetchesADay[level].value - full);
  const requestsASecond = (fetchers * crls() * (full + unchanged)) / SECONDS_A_DAY;
  const octetsADay = fetchers * (full * octetsOfAllCrls() + unchanged * crls() * DOWNLOADS.octetsOfA304.value);
  const peakOctetsASecond = (octetsADay / SECONDS_A_DAY) * DOWNLOADS.hourFactor.value;
  return {
    requestsASecond,
    peakRequestsASecond: requestsASecond * DOWNLOADS.hourFactor.value,
    peakOctetsASecond,
    peakOriginOctetsASecond: peakOctetsASecond * DOWNLOADS.originShare.value,
  };
}

/** The stampede: every relying party fetches every CRL within an hour, none of them held before. */
export function stampedeOf(level: Level): { readonly requestsASecond: number; readonly octetsASecond: number } {
  const fetchers = NATION.relyingParties[level].value;
  return {
    requestsASecond: (fetchers * crls()) / SECONDS_AN_HOUR,
    octetsASecond: (fetchers * octetsOfAllCrls()) / SECONDS_AN_HOUR,
  };
}
