import type { OcspPath } from '../http/ocsp-path.ts';
import type { RefusalCode } from './refusal.ts';

/** Who pays for an answer. One object for the same caller and path, in all connections: it may key what is kept per customer. */
export interface Customer {
  readonly platformProvider: string;
  readonly path: OcspPath;
}

/** Who asks, or why he is refused: one of the two is there. */
export interface Identified {
  readonly customer: Customer | undefined;
  readonly refusal: RefusalCode | undefined;
}

/** What is known of one connection, for as long as it lasts. */
export interface CallerConnection {
  readonly listener: 'plain' | 'mtls';
  /** SHA-256 of the client certificate, lower-case hex; undefined when none was presented. */
  readonly fingerprint: string | undefined;
  /** Of the other end of the connection. */
  readonly address: string;
  /** The answer to the last question who this is: kept by `CallerIdentification`, nobody else's affair. */
  memo: CallerMemo | undefined;
}

/** Holds for one path, one state of the directory, and until the end of the client certificate. */
export interface CallerMemo {
  readonly path: OcspPath;
  readonly version: number;
  /** Epoch ms. */
  readonly from: number;
  readonly until: number;
  readonly identified: Identified;
}
