import type { Purpose } from '@kakunin/usage';
import type { KnownCaller } from './caller-identification.ts';
import type { RefusalCode } from './refusal.ts';

/** Who pays for an answer, and on whose behalf. One object for the same three: it may key what is kept per customer. */
export interface Customer {
  readonly platformProvider: string;
  /** Empty when the platform provider asks for itself. */
  readonly serviceProvider: string;
  readonly purpose: Purpose;
  /** False for whoever asks an open authority without saying who he is: nobody pays, so nothing is recorded. */
  readonly charged: boolean;
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
  /** Of the other end of the connection; undefined when that is a proxy that stands for many. */
  readonly address: string | undefined;
  /** Whose connection it was found to be the last time: kept by `CallerIdentification`, nobody else's affair. */
  memo: CallerMemo | undefined;
}

/** Holds for one state of the directory, and until the end of the client certificate. */
export interface CallerMemo {
  readonly version: number;
  /** Epoch ms. */
  readonly from: number;
  readonly until: number;
  readonly caller: KnownCaller;
}
