import { equalOctets } from '@kakunin/der';
import { packedState } from '@kakunin/status-index';
import type { DigestKey } from '@kakunin/digest-keys';
import type { Terms } from './current-terms.ts';

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
  /** SHA-256 of the certificate; undefined when it is not known, or not to be told. */
  readonly fingerprint: Uint8Array | undefined;
  /** What usage names it by: kept by `UsageRecording`, nobody else's affair. */
  usageName: UsageName | undefined;
}

/** A certificate digest, good for one key. */
export interface UsageName {
  readonly key: DigestKey;
  readonly certificateDigest: Uint8Array;
}

const FINGERPRINT_OCTETS = 32;
/** Filled by every look-up of this thread, and read before the next. */
const state = packedState();

/** Looks a certificate up that a message asks about. */
export function lookUp(terms: Terms, message: Uint8Array, serial: SerialPlace): Subject {
  const { index } = terms.authority.status;
  const { start, end } = serial;
  const ordinal = index.locate(message, start, end);
  index.stateAt(ordinal, state);
  const { flags, revocationDate } = state;
  return { serial, flags, revocationDate, fingerprint: fingerprintOf(terms, ordinal), usageName: undefined };
}

/** Whether a look-up now would find what it found then. */
export function stillHolds(subject: Subject, terms: Terms, message: Uint8Array): boolean {
  const { index } = terms.authority.status;
  const ordinal = index.locate(message, subject.serial.start, subject.serial.end);
  index.stateAt(ordinal, state);
  if (state.flags !== subject.flags || state.revocationDate !== subject.revocationDate) return false;
  const fingerprint = fingerprintOf(terms, ordinal);
  if (!fingerprint || !subject.fingerprint) return fingerprint === subject.fingerprint;
  return equalOctets(fingerprint, subject.fingerprint);
}

function fingerprintOf({ authority, policy }: Terms, ordinal: number): Uint8Array | undefined {
  if (!policy.certHash) return undefined;
  const fingerprint = new Uint8Array(FINGERPRINT_OCTETS);
  return authority.status.index.fingerprintAt(ordinal, fingerprint) ? fingerprint : undefined;
}
