import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, DIGEST_OCTETS, OUTCOMES, PURPOSES } from '@kakunin/usage';
import type { UsageEvent } from '@kakunin/usage';
import { parseEventId } from './event-id.ts';
import { LedgerError } from './ledger-error.ts';

/** A usage record as its payer sees it. The customer is the ledger's, and stands in no leaf. */
export interface UsageLeaf extends Omit<UsageEvent, 'platformProvider' | 'requestDigest'> {
  /** See `formatEventId`. */
  readonly eventId: string;
}

/** Version of the leaf's form: a reader refuses what it does not know. A new version is a new `v`, and old leaves stay. */
export const USAGE_LEAF_VERSION = 1;

/** Printable ASCII without `"` and `\`: what JSON writes as it is, so that there is one way to write it. */
const TEXT = String.raw`([ !#-\[\]-~]*)`;
const oneOf = (codes: readonly string[]): string => `(${codes.join('|')})`;

const CANONICAL = new RegExp(
  String.raw`^\{"authorityId":"${TEXT}","carrier":"${oneOf(CARRIERS)}","certificateClass":"${oneOf(CERTIFICATE_CLASSES)}",` +
    String.raw`"certificateDigest":"([0-9a-f]{${2 * DIGEST_OCTETS}})","channel":"${oneOf(CHANNELS)}","eventId":"([0-9a-f/]+)",` +
    String.raw`"outcome":"${oneOf(OUTCOMES)}","purpose":"${oneOf(PURPOSES)}","serviceProvider":"${TEXT}",` +
    String.raw`"time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","v":${USAGE_LEAF_VERSION}\}$`,
);

/**
 * Writes a leaf: JSON as RFC 8785 wants it (keys in order, no space), in ASCII, times in UTC with milliseconds.
 * Which outcomes are charged is no part of it: that is a rule of the statement.
 * @throws LedgerError `invalid_leaf`
 */
export function canonicalUsageLeaf(leaf: UsageLeaf): Buffer {
  const text =
    `{"authorityId":"${leaf.authorityId}","carrier":"${leaf.carrier}","certificateClass":"${leaf.certificateClass}",` +
    `"certificateDigest":"${hexOf(leaf.certificateDigest)}","channel":"${leaf.channel}","eventId":"${leaf.eventId}",` +
    `"outcome":"${leaf.outcome}","purpose":"${leaf.purpose}","serviceProvider":"${leaf.serviceProvider}",` +
    `"time":"${isoOf(leaf.time)}","v":${USAGE_LEAF_VERSION}}`;
  if (!CANONICAL.test(text) || !parseEventId(leaf.eventId))
    throw new LedgerError('invalid_leaf', 'A usage record has no canonical form.');
  return Buffer.from(text, 'latin1');
}

const hexOf = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('hex');

/** Of what is no instant: what no leaf holds. */
const isoOf = (time: number): string => (Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : '');

/**
 * Reads a leaf that is written exactly as {@link canonicalUsageLeaf} writes it.
 * @returns undefined for anything else
 */
export function parseUsageLeaf(octets: Uint8Array): UsageLeaf | undefined {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
  const fields = CANONICAL.exec(text) as unknown as readonly string[] | null;
  if (!fields) return undefined;
  const [, authorityId, carrier, certificateClass, digest, channel, eventId, outcome, purpose, serviceProvider, iso] =
    fields as readonly [string, ...string[]];
  const time = Date.parse(iso!);
  // The form alone would let in a 31st of February.
  if (!(time >= 0) || isoOf(time) !== iso || !parseEventId(eventId!)) return undefined;
  return {
    eventId: eventId!,
    time,
    serviceProvider: serviceProvider!,
    authorityId: authorityId!,
    certificateClass: certificateClass as UsageLeaf['certificateClass'],
    carrier: carrier as UsageLeaf['carrier'],
    channel: channel as UsageLeaf['channel'],
    purpose: purpose as UsageLeaf['purpose'],
    outcome: outcome as UsageLeaf['outcome'],
    certificateDigest: Uint8Array.from(Buffer.from(digest!, 'hex')),
  };
}
