import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Campaign } from '../campaigns/index.ts';
import type { Plan } from '../lib/plan.ts';
import { chargedSoFar, settleCharges, undecidedOf } from './charges.ts';
import { startChecker } from './checker.ts';
import { type Closing, closeMonth, reportMonthBefore } from './closing.ts';
import { type K6Run, startK6 } from './k6.ts';
import { memoryGrowthOf } from './memory-growth.ts';
import { measureMost, type MostByWrk } from './most-by-wrk.ts';
import type { Measured, Outage } from './objectives.ts';
import { planCampaign, warmUpOf } from './plan-campaign.ts';
import { tellProgress } from './progress.ts';
import { type LoadResults, mergeResults, readResults } from './results.ts';
import { Revoker } from './revoker.ts';
import { Sampler, type Sample } from './sampler.ts';
import type { Target } from './target.ts';

const SAMPLE_SECONDS = 1;

export interface RunInput {
  readonly campaign: Campaign;
  readonly scale: number;
  readonly seconds?: number;
  readonly run: number;
  readonly target: Target;
  /** Of this run's own. */
  readonly directory: string;
  readonly say: (line: string) => void;
}

export interface CampaignRun extends Measured {
  readonly plans: readonly Plan[];
  readonly startedAt: number;
  readonly samples: readonly Sample[];
  /** By service, and `k6`: CPU seconds while the load ran. */
  readonly cpuSeconds: ReadonlyMap<string, number>;
  /** Undefined where the campaign does not ask, or the responder is not ours to push to its limit. */
  readonly most?: MostByWrk;
}

/** Warms up, lets the load run with everything that happens meanwhile, and waits until all of it is charged. */
export async function runCampaign(input: RunInput): Promise<CampaignRun> {
  const { campaign, target, directory, say } = input;
  mkdirSync(directory, { recursive: true });
  const checker = await startChecker(target.authorityCertificates);
  try {
    const offersDeltas = await hasDelta(target);
    const plans = planCampaign({ ...input, checkerUrl: checker.url, offersDeltas });
    if (campaign.closesMonth && target.closesMonths) await reportMonthBefore(target, input.run);
    const before = await chargedSoFar(target);
    say(`warming up for ${campaign.warmUpSeconds} s …`);
    const warmUps = plans.map((plan) => warmUpOf(plan, campaign.warmUpSeconds));
    const warmUp = await resultsOf(await startAll(warmUps, directory));
    const load = await underLoad(input, plans);
    say('waiting until everything that was answered is charged …');
    const { revoker, results } = load;
    const charges = await settleCharges({
      target,
      before,
      answered: chargedOf(warmUp) + chargedOf(results) + revoker.charged,
      unanswered: undecidedOf(warmUp) + undecidedOf(results) + revoker.unanswered,
    });
    target.noteRevoked?.(revoker.used);
    const { lost, unacknowledged } = revoker;
    const refused = [...checker.refusals.values()].reduce((sum, count) => sum + count, 0);
    const most = await mostOf(input);
    return {
      plans,
      startedAt: load.startedAt,
      results,
      windowSeconds: plans[0]!.windowSeconds,
      checker: { verified: checker.verified, refused: refused + revoker.refused },
      revocations: { seen: load.seen, lost, unacknowledged, expected: campaign.revocationsASecond > 0 },
      charges,
      outages: load.outages,
      ...(load.closing && { closing: load.closing }),
      ...(campaign.watchesMemory && { memory: memoryGrowthOf(load.samples, plans[0]!.seconds) }),
      ...(most && { most }),
      samples: load.samples.filter(({ second }) => second >= 0),
      cpuSeconds: load.sampler.cpuSeconds,
    };
  } finally {
    await checker.stop();
  }
}

/** There is none before the second CRL of an authority, and none where its profile says nothing of deltas. */
const DELTA_PATIENCE_MS = 15_000;

async function hasDelta({ crlUrl, authorities }: Target): Promise<boolean> {
  const url = `${crlUrl}/${authorities[0]!.authorityId}/delta.crl`;
  for (const deadline = Date.now() + DELTA_PATIENCE_MS; Date.now() < deadline; await sleep(500)) {
    const answer = await fetch(url, { method: 'HEAD' });
    if (answer.ok) return true;
  }
  return false;
}

const WRK_SECONDS = 10;

/** Undefined as well where wrk is missing: what was measured before must not be lost for that. */
async function mostOf({ campaign, target, directory, run, say }: RunInput): Promise<MostByWrk | undefined> {
  if (!campaign.measuresMost || !target.liftLimits) return undefined;
  say('asking as fast as answers come, by wrk …');
  try {
    await target.liftLimits();
    return await measureMost({ target, directory, seconds: WRK_SECONDS, run });
  } catch (error) {
    say(`not measured: ${(error as Error).message}`);
    return undefined;
  }
}

const chargedOf = ({ charged, reported }: LoadResults): number => charged + reported;

const startAll = (plans: readonly Plan[], directory: string): Promise<K6Run[]> =>
  Promise.all(plans.map((plan) => startK6(plan, directory)));

const resultsOf = async (runs: readonly K6Run[]): Promise<LoadResults> =>
  mergeResults((await Promise.all(runs.map(({ done }) => done))).map(readResults));

async function underLoad({ campaign, target, directory, say }: RunInput, plans: readonly Plan[]) {
  const { seconds } = plans[0]!;
  const revoker = new Revoker(target);
  const ends = new AbortController();
  const startedAt = Date.now();
  const generators = await startAll(plans, directory);
  const k6 = generators.map(({ pid }, index) => ({ name: `k6 ${index + 1}`, metricsUrl: '', pid: () => pid }));
  const sampler = new Sampler([...target.services, ...k6]);
  const sampling = sampler.run(SAMPLE_SECONDS, ends.signal);
  const outages: Outage[] = [];
  // Revocations end a little before the load does, so that each is waited for under load.
  const revoking = revoker.run(campaign.revocationsASecond, AbortSignal.timeout(Math.max(0, seconds - 3) * 1_000));
  const closing = closeInTheMiddle(campaign, { target, seconds, say });
  closing.catch(() => undefined);
  const failing = playIncidents(campaign, { target, seconds, outages, say });
  failing.catch(() => undefined);
  const telling = tellProgress({ seconds, startedAt, sampler, revoker, ends: ends.signal, say });
  try {
    const results = await resultsOf(generators);
    const [closed] = await Promise.all([closing, revoking, failing]);
    return {
      ...sinceTheFirstRequest(results.beganAt, { startedAt, sampler, revoker, outages }),
      results,
      sampler,
      revoker,
      closing: closed,
    };
  } finally {
    for (const generator of generators) generator.stop();
    ends.abort();
    await Promise.all([sampling, telling]);
  }
}

interface Timed {
  readonly startedAt: number;
  readonly sampler: Sampler;
  readonly revoker: Revoker;
  readonly outages: readonly Outage[];
}

/** k6 takes seconds to start, and its windows count from its first request: so does everything else from here on. */
function sinceTheFirstRequest(beganAt: number, { startedAt, sampler, revoker, outages }: Timed) {
  const late = beganAt === 0 ? 0 : (beganAt - startedAt) / 1_000;
  return {
    startedAt: startedAt + late * 1_000,
    samples: sampler.samples.map((sample) => ({ ...sample, second: sample.second - late })),
    seen: revoker.seen.map((one) => ({ ...one, second: one.second - late })),
    outages: outages.map(({ victim, from, to }) => ({ victim, from: from - late, to: to - late })),
  };
}

interface Stage {
  readonly target: Target;
  readonly seconds: number;
  readonly say: (line: string) => void;
}

async function closeInTheMiddle({ closesMonth }: Campaign, stage: Stage): Promise<Closing | undefined> {
  if (!closesMonth || !stage.target.closesMonths) return undefined;
  await sleep((stage.seconds / 2) * 1_000);
  stage.say('closing the month before …');
  const closing = await closeMonth(stage.target.folder);
  stage.say(closing.detail);
  return closing;
}

interface Faults extends Stage {
  readonly outages: Outage[];
}

async function playIncidents({ incidents = [] }: Campaign, { target, outages, say, ...stage }: Faults): Promise<void> {
  const began = Date.now();
  const second = (): number => (Date.now() - began) / 1_000;
  for (const { victim, at, seconds } of target.incidents ? incidents : []) {
    await sleep(Math.max(0, at * stage.seconds - second()) * 1_000);
    const from = second();
    say(`kill -9: ${victim}`);
    await target.incidents!.kill(victim);
    await sleep(seconds * 1_000);
    await target.incidents!.recover(victim);
    outages.push({ victim, from, to: second() });
    say(`${victim} is back after ${(second() - from).toFixed(1)} s`);
  }
}
