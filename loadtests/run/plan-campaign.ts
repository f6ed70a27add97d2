import type { Campaign } from '../campaigns/index.ts';
import type { Arrivals, Plan, ScenarioName } from '../lib/plan.ts';
import type { Target } from './target.ts';

/** Points of the report's curves. */
const WINDOWS = 60;
/** Signatures that the checker verifies in a second, about. */
const VERIFIED_A_SECOND = 5;
/** What every platform provider does; everything else is done by the first one. */
const OF_ALL: readonly ScenarioName[] = ['ocspPost', 'ocspGet', 'ocspHandshake'];

export interface PlanInput {
  readonly campaign: Campaign;
  readonly scale: number;
  /** How long the load lasts, in place of the campaign's own time. */
  readonly seconds?: number;
  readonly run: number;
  readonly target: Omit<Target, 'stop'>;
  readonly checkerUrl: string;
  readonly startUrl: string;
  /** Whether there are delta CRLs to ask for. */
  readonly offersDeltas: boolean;
}

/** What each k6 is to do, one for a platform provider. Everything that it must know is in it; it follows from the input alone. */
export function planCampaign({
  campaign,
  scale,
  run,
  target,
  checkerUrl,
  startUrl,
  offersDeltas,
  ...input
}: PlanInput): readonly Plan[] {
  const seconds = input.seconds ?? campaign.seconds;
  const arrivals = (name: ScenarioName, share: number): [ScenarioName, Arrivals][] => {
    const factor = (campaign.fixed?.includes(name) ? 1 : scale) * share;
    const points = campaign.arrivals[name]?.map(({ at, rate }) => ({
      second: Math.round(at * seconds),
      rate: rate * factor,
    }));
    return points ? [[name, { points }]] : [];
  };
  const common = {
    campaign: campaign.name,
    seconds,
    leadInSeconds: campaign.warmUpSeconds,
    startUrl,
    windowSeconds: Math.max(1, Math.ceil(seconds / WINDOWS)),
    ocsp: { plainUrl: target.plainOcspUrl, mutualTlsUrl: target.mutualTlsOcspUrl },
    authorities: target.authorities,
    crlUrl: target.crlUrl,
    registryUrl: target.registryUrl,
    billingUrl: target.billingUrl,
    holders: [],
  };
  const rest = (Object.keys(campaign.arrivals) as ScenarioName[]).filter(
    (name) => !OF_ALL.includes(name) && name !== 'greedyCaller' && (offersDeltas || name !== 'crlDelta'),
  );
  const shares = OF_ALL.flatMap((name) => arrivals(name, 1 / target.callers.length));
  const posts = Math.max(
    0,
    ...shares.flatMap(([name, { points }]) => (name === 'ocspPost' ? points.map(({ rate }) => rate) : [])),
  );
  const checker = {
    url: checkerUrl,
    every: Math.max(1, Math.round((posts * target.callers.length) / VERIFIED_A_SECOND)),
  };
  const plans = target.callers.map((caller, index): Plan => {
    const scenarios: Plan['scenarios'] = Object.fromEntries([
      ...shares,
      ...(index === 0 ? rest.flatMap((name) => arrivals(name, 1)) : []),
    ]);
    const holders = scenarios.identification ? target.holders : [];
    return { ...common, run: 100 * run + index, scenarios, caller, checker, holders };
  });
  const greedy = arrivals('greedyCaller', greedOf(campaign, scale));
  if (greedy.length === 0) return plans;
  const last = { run: 100 * run + plans.length, scenarios: Object.fromEntries(greedy), caller: target.greedy, checker };
  return [...plans, { ...common, ...last }];
}

/** Above what any caller but the greedy one asks, also in a second that makes up for the one before. */
const ROOM = 1.5;
/** How often each revocation is asked about a second, until it is seen. */
const WATCHING = 5;
/** At a small scale the greedy caller asks more than its share, or it would not be one. */
const GREED = 1.1;

/**
 * Requests a second that every caller may make, so that the greedy one is refused and nobody else. The busiest of the others
 * is the one behind the plain port, who asks for what caches may keep and about what was revoked.
 */
export function callerLimitOf(campaign: Campaign, scale: number): number {
  const factor = campaign.fixed?.includes('ocspGet') ? 1 : scale;
  const busiest = Math.max(0, ...(campaign.arrivals.ocspGet ?? []).map(({ rate }) => rate * factor));
  return Math.ceil(ROOM * busiest + WATCHING * campaign.revocationsASecond);
}

/** By how much the greedy caller's curve is raised, so that its most is above what a caller may ask. */
function greedOf(campaign: Campaign, scale: number): number {
  const factor = campaign.fixed?.includes('greedyCaller') ? 1 : scale;
  const most = Math.max(0, ...(campaign.arrivals.greedyCaller ?? []).map(({ rate }) => rate * factor));
  return most === 0 ? 1 : Math.max(1, (GREED * callerLimitOf(campaign, scale)) / most);
}
