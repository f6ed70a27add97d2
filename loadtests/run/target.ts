import type { Victim } from '../campaigns/index.ts';
import type { AskedAuthority, Caller, Holder } from '../lib/plan.ts';

/** A process that is watched while the load runs. */
export interface WatchedService {
  readonly name: string;
  /** Its metrics, for Prometheus. */
  readonly metricsUrl: string;
  /** The process that runs now; absent where it runs on another machine: then its metrics say what it uses. */
  pid?(): number | undefined;
  /** Its children are part of it. */
  readonly hasChildren?: boolean;
}

/** Names of what the services rest on. */
export const DATABASE = 'PostgreSQL';
/** The event log in a PostgreSQL of its own, or in Kafka. */
export const EMBEDDED_LOG = 'event log';
export const BROKER = 'Kafka';

/** An installation, with the made-up data that the load is about. */
export interface Target {
  /** Plain HTTP; the path names the service provider that the plain caller asks for. */
  readonly plainOcspUrl: string;
  /** The service provider is added. */
  readonly mutualTlsOcspUrl: string;
  readonly registryUrl: string;
  readonly billingUrl: string;
  readonly crlUrl: string;
  /** Where `kakunin` finds its profile: revocations, charges and the month's close go through it, as an operator's do. */
  readonly folder: string;
  readonly authorities: readonly AskedAuthority[];
  /** PEM, in the same order. */
  readonly authorityCertificates: readonly string[];
  readonly callers: readonly Caller[];
  readonly greedy: Caller;
  /** Whom everything is charged to that is asked here. */
  readonly customers: readonly string[];
  readonly holders: readonly Holder[];
  /** Certificates of the first authority that no load asks about: theirs are the revocations. */
  readonly spare: { readonly firstSerial: number; readonly count: number };
  readonly services: readonly WatchedService[];
  /** What the services rest on, where it runs here, under the names above. */
  readonly servers?: readonly WatchedService[];
  /** Undefined: nothing of it may be killed. */
  readonly incidents?: {
    kill(victim: Victim): Promise<void>;
    recover(victim: Victim): Promise<void>;
  };
  /** The month before may be closed for good. Left out: closing is tried only. */
  readonly closesMonths?: boolean;
  /** Told how many of `spare` were revoked, where that outlives the campaign. */
  noteRevoked?(count: number): void;
  /** Starts the responder again without a limit for callers. Undefined: it is not ours to start. */
  liftLimits?(): Promise<void>;
  stop(): Promise<void>;
}
