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
import { planCampaign } from './plan-campaign.ts';
import { tellProgress } from './progress.ts';
import { type LoadResults, mergeResults, readResults } from './results.ts';
import { Revoker } from './revoker.ts';
import { HARNESS, Sampler, type Sample } from './sampler.ts';
import { drawStartingLine, type StartingLine } from './starting-line.ts';
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
  const [checker, line] = await Promise.all([startChecker(target.authorityCertificates), drawStartingLine()]);
  try {
    const offersDeltas = await hasDelta(target);
    const plans = planCampaign({ ...input, checkerUrl: checker.url, startUrl: line.url, offersDeltas });
    if (campaign.closesMonth && target.closesMonths) await reportMonthBefore(target, input.run);
    const before = await chargedSoFar(target);
    const load = await underLoad(input, plans, line);
    say('waiting until everything that was answered is charged …');
    const { revoker, results } = load;
    const charges = await settleCharges({
      target,
      before,
      answered: chargedOf(results) + revoker.charged,
      unanswered: undecidedOf(results) + revoker.unanswered,
    });
    target.noteRevoked?.(revoker.used);
    const { seen, lost, acknowledged, repeated, unacknowledged } = revoker;
    const refused = [...checker.refusals.values()].reduce((sum, count) => sum + count, 0);
    const most = await mostOf(input);
    return {
      plans,
      startedAt: load.startedAt,
      results,
      windowSeconds: plans[0]!.windowSeconds,
      checker: { verified: checker.verified, refused: refused + revoker.refused },
      revocations: { seen, lost, acknowledged, repeated, unacknowledged, expected: campaign.revocationsASecond > 0 },
      charges,
      outages: load.outages,
      ...(load.closing && { closing: load.closing }),
      ...(campaign.watchesMemory && { memory: memoryGrowthOf(samplesOf(target, load.sampler), plans[0]!.seconds) }),
      ...(most && { most }),
      samples: load.sampler.samples,
      cpuSeconds: load.sampler.cpuSeconds,
    };
  } finally {
    await Promise.all([checker.stop(), line.stop()]);
  }
}

/** Of the services alone: a database fills its buffers, which is no leak. */
const samplesOf = ({ services }: Target, { samples }: Sampler): readonly Sample[] =>
  samples.filter(({ service }) => services.some(({ name }) => name === service));

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

/** Starts the generators, and returns when the load is where its curve begins. */
async function leadIn({ directory, say }: RunInput, plans: readonly Plan[], line: StartingLine): Promise<K6Run[]> {
  const { leadInSeconds } = plans[0]!;
  const generators = await startAll(plans, directory);
  // None ends before it begins, unless it fails.
  await Promise.race([line.crossedBy(plans.length), ...generators.map(({ done }) => done)]);
  say(`warming up for ${leadInSeconds} s …`);
  await Promise.race([sleep(leadInSeconds * 1_000), ...generators.map(({ done }) => done)]);
  return generators;
}

async function underLoad(input: RunInput, plans: readonly Plan[], line: StartingLine) {
  const { campaign, target, say } = input;
  const { seconds } = plans[0]!;
  const revoker = new Revoker(target);
  const ends = new AbortController();
  const generators = await leadIn(input, plans, line);
  const startedAt = Date.now();
  const k6 = generators.map(({ pid }, index) => ({ name: `k6 ${index + 1}`, metricsUrl: '', pid: () => pid }));
  const harness = { name: HARNESS, metricsUrl: '', pid: () => process.pid };
  const sampler = new Sampler([...target.services, ...(target.servers ?? []), ...k6, harness]);
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
    return { startedAt, results, sampler, revoker, outages, closing: closed };
  } finally {
    for (const generator of generators) generator.stop();
    ends.abort();
    await Promise.all([sampling, telling]);
  }
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
  const closing = await closeMonth(stage.target);
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
