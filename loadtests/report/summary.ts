import { cpus, totalmem } from 'node:os';
import type { MostByWrk } from '../run/most-by-wrk.ts';
import type { Objective } from '../run/objectives.ts';
import type { CampaignRun } from '../run/run-campaign.ts';
import { type Cost, costOf } from './cost.ts';

/** `summary.json`: what a campaign found, for programs and for the next campaign's comparison. */
export interface Summary {
  readonly campaign: string;
  readonly verdict: 'passed' | 'failed';
  readonly scale: number;
  readonly seed: number;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly seconds: number;
  /** As far as comparing needs it: no name, no place. Memory in octets. */
  readonly machine: { readonly cores: number; readonly model: string; readonly memory: number };
  readonly objectives: readonly Objective[];
  readonly requests: Requests;
  /** Figures that are compared with a baseline. */
  readonly figures: Readonly<Record<string, Figure>>;
  readonly cost: Cost;
  /** What the responder answers at most, where it was asked. */
  readonly most?: MostByWrk;
}

/** How often what happened. */
export interface Requests {
  readonly asked: number;
  /** Definite answers of OCSP. */
  readonly answered: number;
  /** Told to try later, for they asked too much. */
  readonly refused: number;
  readonly notModified: number;
  readonly downloads: number;
  readonly identifications: number;
  /** Usage events that were taken. */
  readonly reported: number;
  /** Revocations that were seen in an answer. */
  readonly revocations: number;
  readonly lostRevocations: number;
  readonly failed: number;
  readonly wrong: number;
  /** Why and what, where there was any. */
  readonly failures: Readonly<Record<string, number>>;
  readonly wrongs: Readonly<Record<string, number>>;
}

export interface Figure {
  readonly value: number;
  readonly unit: string;
  /** Whether less is better, or more. */
  readonly better: 'less' | 'more';
}

export interface SummaryInput {
  readonly run: CampaignRun;
  readonly objectives: readonly Objective[];
  readonly scale: number;
  readonly seed: number;
}

export function summaryOf({ run, objectives, scale, seed }: SummaryInput): Summary {
  const { plans, startedAt } = run;
  const { campaign, seconds } = plans[0]!;
  const cost = costOf(run);
  return {
    campaign,
    verdict: objectives.every(({ met }) => met) ? 'passed' : 'failed',
    scale,
    seed,
    startedAt: new Date(startedAt).toISOString(),
    seconds,
    machine: { cores: cpus().length, model: cpus()[0]?.model ?? '', memory: totalmem() },
    objectives,
    requests: requestsOf(run),
    figures: figuresOf(run, cost),
    cost,
    ...(run.most && { most: run.most }),
  };
}

function requestsOf({ results, revocations }: CampaignRun): Requests {
  const { asked, charged: answered, refused, reported, failed, wrong, latency } = results;
  const any = (counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  return {
    asked,
    answered,
    refused,
    notModified: latency.crl_not_modified_duration?.count ?? 0,
    downloads: latency.crl_download_duration?.count ?? 0,
    identifications: latency.identification_duration?.count ?? 0,
    reported,
    revocations: revocations.seen.length,
    lostRevocations: revocations.lost,
    failed,
    wrong,
    failures: any(results.failures),
    wrongs: any(results.wrongs),
  };
}

function figuresOf({ results, revocations, samples, most }: CampaignRun, cost: Cost): Summary['figures'] {
  const {
    ocsp_duration: ocsp,
    crl_not_modified_duration: notModified,
    identification_duration: name,
  } = results.latency;
  const memory = (service: string): number =>
    Math.max(0, ...samples.filter((sample) => sample.service === service).map((sample) => sample.memory ?? 0)) / 1e6;
  const more = (value: number): Figure => ({ value, unit: '', better: 'more' });
  const less = (value: number | undefined, unit: string): Figure => ({ value: value ?? 0, unit, better: 'less' });
  return {
    'OCSP p50': less(ocsp?.p50, 'ms'),
    'OCSP p99': less(ocsp?.p99, 'ms'),
    'OCSP p99.9': less(ocsp?.p999, 'ms'),
    'CRL 304 p99': less(notModified?.p99, 'ms'),
    'identification p99': less(name?.p99, 'ms'),
    'revocation to answer, at most': less(Math.max(0, ...revocations.seen.map(({ delay }) => delay)), 'ms'),
    'CPU a check': less(cost.check, 'µs'),
    'CPU a charged check, meter': less(cost.metering, 'µs'),
    'memory, responder': less(memory('ocsp-responder'), 'MB'),
    'memory, meter': less(memory('billing-meter'), 'MB'),
    'definite answers': more(results.charged),
    ...(most && {
      'live answers a second, at most': more(most.live.aSecond),
      'cached answers a second, at most': more(most.cached.aSecond),
    }),
  };
}
