import {
  boolean,
  DerError,
  DerReader,
  encodeDer,
  equalOctets,
  integer,
  octetString,
  sequence,
  TAG,
} from '@kakunin/der';
import { hashAlgorithmIdentifier } from '@kakunin/x509';
import { EvidenceError } from '../evidence-error.ts';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
/** PKIStatus (RFC 3161, 2.4.2): granted, granted with modifications. */
const GRANTED: readonly number[] = [0, 1];

/** What a time-stamping authority is asked (RFC 3161, 2.4.1): that it saw this hash now. */
export interface TimestampQuery {
  /** SHA-256 of what is stamped, 32 octets. */
  readonly sha256: Uint8Array;
  /** Random; the answer repeats it. */
  readonly nonce: bigint;
}

const messageImprint = (sha256: Uint8Array) => sequence(hashAlgorithmIdentifier.sha256, octetString(sha256));

/** DER of a TimeStampReq that wants the authority's certificate with the answer. */
export const encodeTimestampQuery = ({ sha256, nonce }: TimestampQuery): Uint8Array =>
  encodeDer(sequence(integer(1), messageImprint(sha256), integer(nonce), boolean(true)));

/**
 * Looks whether a TimeStampResp grants what was asked: about this hash, in answer to this query. Its signature is
 * judged by whoever relies on it, with the authority that they trust.
 * @throws EvidenceError `timestamp_refused`
 */
export function checkTimestampResponse(response: Uint8Array, query: TimestampQuery): void {
  try {
    const whole = DerReader.of(response);
    const fields = whole.sequence();
    whole.finish();
    if (!GRANTED.includes(fields.sequence().smallInteger())) throw refused('it does not grant it');
    const { imprint, nonce } = readTstInfo(DerReader.of(readContent(fields)));
    if (!equalOctets(imprint, query.sha256)) throw refused('it is about another hash');
    if (nonce !== query.nonce) throw refused('it answers another query');
  } catch (error) {
    if (error instanceof DerError) throw refused('its answer is malformed', error);
    throw error;
  }
}

/** The content of the token's SignedData (RFC 5652, 5.1): DER of a TSTInfo. */
function readContent(response: DerReader): Uint8Array {
  const token = response.sequence();
  if (token.objectIdentifier() !== SIGNED_DATA) throw new DerError('The token is not signed.');
  const content = token.explicit(0, (reader) => {
    const signed = reader.sequence();
    signed.smallInteger();
    signed.element(TAG.set);
    const encapsulated = signed.sequence();
    if (encapsulated.objectIdentifier() !== TST_INFO) throw new DerError('The token is no timestamp.');
    while (!signed.done) signed.element();
    return encapsulated.explicit(0, (inner) => inner.octetString());
  });
  if (!content) throw new DerError('The token is empty.');
  return content;
}

interface TstInfo {
  readonly imprint: Uint8Array;
  readonly nonce: bigint | undefined;
}

function readTstInfo(whole: DerReader): TstInfo {
  const fields = whole.sequence();
  fields.smallInteger();
  fields.objectIdentifier();
  const stamped = fields.element(TAG.sequence);
  fields.integer();
  fields.element(TAG.generalizedTime);
  let nonce: bigint | undefined;
  while (!fields.done) {
    if (fields.peek() === TAG.integer) nonce = fields.bigInteger();
    else fields.element();
  }
  const imprint = DerReader.of(stamped).sequence();
  imprint.element(TAG.sequence);
  return { imprint: imprint.octetString(), nonce };
}

const refused = (reason: string, cause?: unknown): EvidenceError =>
  new EvidenceError('timestamp_refused', `The time-stamping authority gives no timestamp: ${reason}.`, { cause });
