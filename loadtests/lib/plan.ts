import type { Population } from '../model/population.ts';
import type { RequestTemplate } from './request-template.ts';

/** What k6 can be told to do; each is a function of `scenarios/main.ts`. */
export const SCENARIOS = [
  'ocspPost',
  'ocspGet',
  'ocspHandshake',
  'crlConditional',
  'crlFull',
  'crlDelta',
  'identification',
  'usageEvents',
  'greedyCaller',
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

/** Arrivals a second at points in time; between two points the rate goes in a straight line. */
export interface Arrivals {
  readonly points: readonly { readonly second: number; readonly rate: number }[];
}

/** A platform provider, as a k6 of its own plays it: k6 shows one client certificate only, whatever it is told of hosts. */
export interface Caller {
  readonly code: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  /** Service providers behind it, each asked for in turn. */
  readonly serviceProviders: readonly string[];
}

/** Certificates of one authority that the load is about. */
export interface AskedAuthority {
  readonly authorityId: string;
  /** Of all checks, those about this authority's certificates. */
  readonly share: number;
  readonly population: Population;
  /** Serial number of the certificate with ordinal 0; they are sequential. */
  readonly firstSerial: number;
  readonly withNonce: RequestTemplate;
  readonly withoutNonce: RequestTemplate;
}

/** Somebody whom services may recognise: the certificate and its P-256 key (PKCS#8, base64). */
export interface Holder {
  readonly certificatePem: string;
  readonly key: string;
}

/**
 * What one k6 is told, whole: made by `run/plan-campaign.ts` from a campaign, a scale and a target; read by the scenarios.
 * Plain data, for it travels as JSON.
 */
export interface Plan {
  readonly campaign: string;
  /** Another one asks about other certificates in another order. */
  readonly run: number;
  readonly seconds: number;
  /** Before that the load rises to where it begins: connections are made, caches filled. Answered and charged, and not measured. */
  readonly leadInSeconds: number;
  /** Answers when all generators have asked: so they begin together. */
  readonly startUrl: string;
  /** Latency is told apart by windows of this many seconds: the points of the report's curves. */
  readonly windowSeconds: number;
  readonly scenarios: Readonly<Partial<Record<ScenarioName, Arrivals>>>;
  readonly caller: Caller;
  readonly ocsp: {
    /** Plain HTTP, for answers that caches may keep; with the path that names the service provider. */
    readonly plainUrl: string;
    /** Mutual TLS; the service provider is added. */
    readonly mutualTlsUrl: string;
  };
  readonly authorities: readonly AskedAuthority[];
  /** URLs without a slash at the end. */
  readonly crlUrl: string;
  readonly registryUrl: string;
  readonly billingUrl: string;
  /** None where nobody is identified. */
  readonly holders: readonly Holder[];
  /** Every so many answers the signature is checked, by a process of its own. */
  readonly checker: { readonly url: string; readonly every: number };
}

/** What the windows tell apart: durations in milliseconds, and counts. */
export const WINDOWED_TRENDS = ['ocsp_duration', 'crl_not_modified_duration'] as const;
export const WINDOWED_COUNTS = ['asked', 'failed'] as const;

/** Why a request got no answer, as far as k6 tells them apart. */
export const FAILURES = [
  'no connection',
  'http 404',
  'http 429',
  'http 503',
  'http error',
  'tryLater',
  'unauthorized',
  'malformedRequest',
  'other',
] as const;
export type Failure = (typeof FAILURES)[number];

/** What was wrong with an answer. */
export const WRONGS = ['certificate', 'status', 'nonce', 'unreadable', 'identification', 'crl', 'usage'] as const;
export type Wrong = (typeof WRONGS)[number];
