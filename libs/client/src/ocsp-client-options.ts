import type { KeptReceipt } from './receipt.ts';

/** Keys and trust of the connection. PEM. */
export interface ClientTls {
  /** The client certificate that is registered for the PF provider. */
  readonly certificate?: string | Uint8Array;
  /** Its private key. */
  readonly key?: string | Uint8Array;
  /** What vouches for the server's certificate; Node's own list when left out. */
  readonly authorities?: string | Uint8Array | readonly (string | Uint8Array)[];
}

/** Connections are kept and used again, each for one exchange at a time. */
export interface KeepAlive {
  /** Most connections at once; further checks wait for one. Default 64. */
  readonly maxSockets?: number;
  /** How long one may lie idle, ms; shorter than at the server, so that it is this side that closes. Default 4,000. */
  readonly idleMs?: number;
}

/** Where a complete CRL is, DER or PEM. */
export type CrlLocation = { readonly url: string } | { readonly file: string };

/** CRLs in place of the responder. */
export interface CrlFallback {
  /**
   * `unreachable`: when the responder cannot be reached in time, answers an HTTP 5xx, `tryLater` or `internalError`. Not
   * when an answer must not be relied upon: that is an error, and nothing to look away from. `never`: switched off.
   */
  readonly when: 'unreachable' | 'never';
  /** One for each authority that is asked about; which one it is shows in the CRL itself. */
  readonly lists: readonly CrlLocation[];
  /**
   * When a copy is this old, ms, the next use asks whether there is another (If-None-Match). A copy is used until its
   * nextUpdate while its address gives nothing. Default 5 minutes.
   */
  readonly refreshMs?: number;
  /** To download one, ms; beside the time of the OCSP check. Default 10,000. */
  readonly timeoutMs?: number;
  /** Longest CRL that is read. Default 256 MiB. */
  readonly maxOctets?: number;
}

/** What an `OcspClient` is made with. */
export interface OcspClientOptions {
  /** The responder, without service provider: `https://ocsp.example.jp/ocsp`. */
  readonly url: string;
  readonly tls?: ClientTls;
  /**
   * What answers there. `kakunin`: one Kakunin responder, or several behind a balancer that keeps a caller with one of them;
   * the identical request within a minute is one check there, so a lost answer is asked for again. `other`: whatever may
   * charge twice, also several responders that take turns; a check is repeated only when nothing was sent. Default `kakunin`.
   */
  readonly server?: 'kakunin' | 'other';
  /** For a check with all its tries, ms. Default 10,000. */
  readonly timeoutMs?: number;
  /** For one try, ms. Default 3,000. */
  readonly tryTimeoutMs?: number;
  /** Tries beside the first. Default 2. */
  readonly retries?: number;
  /** How far the clocks may differ, ms. Default 60,000. */
  readonly clockSkewMs?: number;
  /** How old an answer may be that names no nextUpdate, ms. Default 15 minutes. */
  readonly maxAgeMs?: number;
  readonly keepAlive?: KeepAlive;
  /** Of the CertID. Default `sha256`. */
  readonly hashAlgorithm?: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /**
   * A delegated responder whose certificate lacks id-pkix-ocsp-nocheck would have to be checked itself (RFC 6960,
   * 4.2.2.2.1), which this client does not do: refuse it, or trust it until it expires. Default `refuse`.
   */
  readonly responderWithoutNoCheck?: 'refuse' | 'trust';
  readonly crl?: CrlFallback;
  /**
   * Is given the receipts of each answer that has any, before `checkStatus` resolves; to be kept until the bill is checked.
   * What it throws, or rejects with, is a warning of the process: the answer is good without.
   */
  readonly onReceipts?: (receipts: readonly KeptReceipt[]) => void | Promise<void>;
  /** File that receipts are appended to, one a line in JSON (NDJSON), for `kakunin ledger verify`; mode 0600 when new. */
  readonly receiptsFile?: string;
  /** Epoch ms. Default: the system's clock. */
  readonly clock?: { now(): number };
  /** Octets of chance, for nonces and pauses. Default: `crypto.randomBytes`. */
  readonly random?: (octets: number) => Uint8Array;
}
