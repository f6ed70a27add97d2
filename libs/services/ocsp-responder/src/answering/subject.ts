import { packedState } from '@kakunin/status-index';
import type { KnownAuthority } from './known-authority.ts';

/** Where the serial number of a certificate, INTEGER content octets, stands in a message. */
export interface SerialPlace {
  readonly start: number;
  readonly end: number;
}

/** One certificate that is asked about, as it stood when it was looked up. */
export interface Subject {
  readonly serial: SerialPlace;
  /** As in `PackedState`. */
  readonly flags: number;
  readonly revocationDate: number;
  /** SHA-256 of the certificate; undefined when it is not known or not to be told. */
  readonly fingerprint: Uint8Array | undefined;
  /** What usage names it by. */
  readonly certificateDigest: Uint8Array;
}

/** Filled by every look-up of this thread, and read before the next. */
const state = packedState();

/** Looks a certificate up that a message asks about. */
export function lookUp(authority: KnownAuthority, message: Uint8Array, serial: SerialPlace): Subject {
  const { index } = authority.status;
  const { start, end } = serial;
  index.stateAt(index.locate(message, start, end), state);
  const { flags, revocationDate } = state;
  const certificateDigest = authority.certificateDigest.of(message, start, end);
  return { serial, flags, revocationDate, fingerprint: undefined, certificateDigest };
}

/** Whether the index still says what it said when the certificate was looked up. */
export function stillHolds(subject: Subject, { status: { index } }: KnownAuthority, message: Uint8Array): boolean {
  const { start, end } = subject.serial;
  index.stateAt(index.locate(message, start, end), state);
  return state.flags === subject.flags && state.revocationDate === subject.revocationDate;
}
