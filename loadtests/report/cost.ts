import { microsecondsACheck } from '../model/capacity.ts';
import { measured } from '../model/figure.ts';
import type { Figure } from '../model/figure.ts';
import { MEASURED } from '../model/measured.ts';
import type { Measured } from '../model/measured.ts';
import { POLICY } from '../model/policy.ts';
import type { Policy } from '../model/policy.ts';
import type { CampaignRun } from '../run/run-campaign.ts';
import { isGenerator } from '../run/sampler.ts';
import { BROKER, DATABASE, EMBEDDED_LOG } from '../run/target.ts';

const MICROSECONDS = 1e6;

/** CPU of this campaign, by what it was spent for. */
export interface Cost {
  /** Microseconds of the responder's CPU a check, everything included. */
  readonly check: number;
  /** What the model says of the same mix. */
  readonly modelled: number;
  /** Microseconds of PostgreSQL's CPU a check, all included that it did meanwhile; 0: it was not watched. */
  readonly database: number;
  /** The same of Kafka; 0 where it was not watched, or the event log lies in PostgreSQL. */
  readonly broker: number;
  /** Microseconds of k6's CPU a request: on another machine in a real campaign. */
  readonly generator: number;
  /** Of all CPU that was spent, what k6 and this process took, 0 to 1. */
  readonly generatorShare: number;
  /** Microseconds of the meter's CPU a charged check. */
  readonly metering: number;
}

/** Above this, what was measured is the generators as much as the system. */
const MOST_FOR_GENERATORS = 0.5;
export const isGeneratorTheLimit = ({ generatorShare }: Cost): boolean => generatorShare > MOST_FOR_GENERATORS;

/** The same mix of checks as a policy, so that model and measurement speak of one thing. */
export function policyOf({ plans }: CampaignRun): Policy {
  const rate = (name: 'ocspPost' | 'ocspGet' | 'ocspHandshake'): number =>
    plans.reduce((sum, { scenarios }) => sum + (scenarios[name]?.points[0]?.rate ?? 0), 0);
  const [live, cached, handshakes] = [rate('ocspPost'), rate('ocspGet'), rate('ocspHandshake')];
  const all = Math.max(live + cached + handshakes, Number.MIN_VALUE);
  const share = (value: number): Figure => measured(value, 'share', 'This campaign.');
  return {
    ...POLICY,
    algorithm: 'ecdsa-p256',
    liveShare: share((live + handshakes) / all),
    handshakeShare: share(handshakes / all),
  };
}

export function costOf(run: CampaignRun): Cost {
  const { cpuSeconds, results, charges } = run;
  const of = (service: string): number => cpuSeconds.get(service) ?? 0;
  const total = [...cpuSeconds.values()].reduce((seconds, one) => seconds + one, 0);
  const sum = (is: (name: string) => boolean): number =>
    [...cpuSeconds].reduce((seconds, [name, one]) => seconds + (is(name) ? one : 0), 0);
  const checks = results.latency.ocsp_duration?.count ?? 0;
  const each = (seconds: number, count: number): number => (count === 0 ? 0 : (seconds * MICROSECONDS) / count);
  return {
    check: each(of('ocsp-responder'), checks),
    modelled: microsecondsACheck(MEASURED, policyOf(run)),
    database: each(of(DATABASE) + of(EMBEDDED_LOG), checks),
    broker: each(of(BROKER), checks),
    generator: each(
      sum((name) => name.startsWith('k6')),
      results.asked,
    ),
    generatorShare: total === 0 ? 0 : sum(isGenerator) / total,
    metering: each(of('billing-meter'), charges.charged ?? 0),
  };
}

/** The model's figures with this campaign's for a whole check, and for what is behind it where that was watched. */
export function measuredBy(run: CampaignRun, { check, database, broker }: Cost): Measured {
  const source = `${run.plans[0]!.campaign}, ${new Date(run.startedAt).toISOString()}`;
  const spent = (value: number): Figure => measured(value, 'µs of CPU', source);
  return {
    ...MEASURED,
    cpu: {
      ...MEASURED.cpu,
      wholeCheck: spent(check),
      ...(database > 0 && { database: spent(database) }),
      ...(broker > 0 && { broker: spent(broker) }),
    },
  };
}
