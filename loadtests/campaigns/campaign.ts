import type { ScenarioName } from '../lib/plan.ts';

/** Arrivals a second of the nation (scale 1) at points of the campaign's time, 0 its beginning and 1 its end. */
export type Curve = readonly { readonly at: number; readonly rate: number }[];

/** What is killed in the middle of the load, and started again. */
export const VICTIMS = ['ocsp-responder', 'event log', 'database'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface Incident {
  readonly victim: Victim;
  /** Point of the campaign's time, 0 to 1. */
  readonly at: number;
  /** How long it stays dead. */
  readonly seconds: number;
}

/** One load test: what is asked, for how long, and what happens meanwhile. */
export interface Campaign {
  readonly name: string;
  /** As a steering meeting reads it. */
  readonly title: { readonly ja: string; readonly en: string };
  readonly question: { readonly ja: string; readonly en: string };
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** The share of the nation that is asked for when nobody says another: what two cores carry with the generator beside. */
  readonly defaultScale: number;
  /** Arrivals a second by scenario. Scale does not change those of `fixed`. */
  readonly arrivals: Readonly<Partial<Record<ScenarioName, Curve>>>;
  readonly fixed?: readonly ScenarioName[];
  /** Revocations a second while the load runs, at any scale; each is waited for until it is answered. */
  readonly revocationsASecond: number;
  /** A month is closed in the middle of the load. */
  readonly closesMonth?: boolean;
  /** Long enough to say whether memory grows. */
  readonly watchesMemory?: boolean;
  /** What the responder answers at most is measured by wrk at the end. */
  readonly measuresMost?: boolean;
  readonly incidents?: readonly Incident[];
  readonly eventLog?: 'embedded' | 'kafka';
  /** Made-up certificates of each authority. */
  readonly certificates: number;
}

export const steady = (rate: number): Curve => [
  { at: 0, rate },
  { at: 1, rate },
];

/** One caller that asks little, and for a fifth of the time as much as this. */
export const greedFor = (rate: number): Curve =>
  [0, 0.4, 0.41, 0.6, 0.61, 1].map((at, index) => ({ at, rate: index === 2 || index === 3 ? rate : rate / 50 }));

/** How checks reach a responder. Assumed: most callers keep connections and want live answers; some let caches answer. */
const CHECKS: Readonly<Partial<Record<ScenarioName, number>>> = { ocspPost: 0.63, ocspGet: 0.35, ocspHandshake: 0.02 };

/** The checks of a curve, spread over the ways in which they are made. */
export const checks = (curve: Curve): Campaign['arrivals'] =>
  Object.fromEntries(
    Object.entries(CHECKS).map(([name, share]) => [name, curve.map(({ at, rate }) => ({ at, rate: rate * share }))]),
  );

/** What else goes on beside checks, at any scale: little, and each of it measured. */
export const BESIDE: Campaign['arrivals'] = {
  crlConditional: steady(20),
  crlFull: steady(0.5),
  crlDelta: steady(1),
  identification: steady(3),
  usageEvents: steady(0.5),
};
export const FIXED = Object.keys(BESIDE) as ScenarioName[];
