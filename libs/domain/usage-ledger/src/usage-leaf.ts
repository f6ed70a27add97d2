import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, DIGEST_OCTETS, OUTCOMES, PURPOSES } from '@kakunin/usage';
import type { UsageEvent } from '@kakunin/usage';
import { isEventId } from './event-id.ts';
import { formatLeafTime, parseLeafTime } from './leaf-time.ts';
import { LedgerError } from './ledger-error.ts';

/** A usage record as its payer sees it. The customer is the ledger's, and stands in no leaf. */
export interface UsageLeaf extends LeafRecord {
  /** See `formatEventId`. */
  readonly eventId: string;
}

/** What a leaf says of a usage event. */
export type LeafRecord = Omit<UsageEvent, 'platformProvider' | 'requestDigest'>;

/** Version of the leaf's form: a reader refuses what it does not know. A new version is a new `v`, and old leaves stay. */
export const USAGE_LEAF_VERSION = 1;

/** Printable ASCII without `"` and `\`: what JSON writes as it is, so that there is one way to write it. */
const PLAIN = String.raw`[ !#-\[\]-~]*`;
const PLAIN_TEXT = new RegExp(`^${PLAIN}$`);
const oneOf = (codes: readonly string[]): string => `(${codes.join('|')})`;

const CANONICAL = new RegExp(
  String.raw`^\{"authorityId":"(${PLAIN})","carrier":"${oneOf(CARRIERS)}","certificateClass":"${oneOf(CERTIFICATE_CLASSES)}",` +
    String.raw`"certificateDigest":"([0-9a-f]{${2 * DIGEST_OCTETS}})","channel":"${oneOf(CHANNELS)}","eventId":"([0-9a-f/]+)",` +
    String.raw`"outcome":"${oneOf(OUTCOMES)}","purpose":"${oneOf(PURPOSES)}","serviceProvider":"(${PLAIN})",` +
    String.raw`"time":"([-0-9T:.]+Z)","v":${USAGE_LEAF_VERSION}\}$`,
);

/**
 * Writes a leaf: JSON as RFC 8785 wants it (keys in order, no space), in ASCII, times in UTC with milliseconds.
 * Which outcomes are charged is no part of it: that is a rule of the statement.
 * @throws LedgerError `invalid_leaf`
 */
export function canonicalUsageLeaf(leaf: UsageLeaf): Buffer {
  if (!isEventId(leaf.eventId)) throw invalid();
  return encodeLeaf(leaf, leaf.eventId);
}

/** As {@link canonicalUsageLeaf}, of an event id that is known to be one. @throws LedgerError `invalid_leaf` */
export function encodeLeaf(record: LeafRecord, eventId: string): Buffer {
  const time = formatLeafTime(record.time);
  if (time === undefined || !isPlain(record)) throw invalid();
  return Buffer.from(
    `{"authorityId":"${record.authorityId}","carrier":"${record.carrier}","certificateClass":"${record.certificateClass}",` +
      `"certificateDigest":"${hexOf(record.certificateDigest)}","channel":"${record.channel}","eventId":"${eventId}",` +
      `"outcome":"${record.outcome}","purpose":"${record.purpose}","serviceProvider":"${record.serviceProvider}",` +
      `"time":"${time}","v":${USAGE_LEAF_VERSION}}`,
    'latin1',
  );
}

const isPlain = (record: LeafRecord): boolean =>
  PLAIN_TEXT.test(record.authorityId) &&
  PLAIN_TEXT.test(record.serviceProvider) &&
  record.certificateDigest.length === DIGEST_OCTETS &&
  CARRIERS.includes(record.carrier) &&
  CERTIFICATE_CLASSES.includes(record.certificateClass) &&
  CHANNELS.includes(record.channel) &&
  OUTCOMES.includes(record.outcome) &&
  PURPOSES.includes(record.purpose);

const hexOf = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('hex');

const invalid = (): LedgerError => new LedgerError('invalid_leaf', 'A usage record has no canonical form.');

/**
 * Reads a leaf that is written exactly as {@link canonicalUsageLeaf} writes it.
 * @returns undefined for anything else
 */
export function parseUsageLeaf(octets: Uint8Array): UsageLeaf | undefined {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
  const fields = CANONICAL.exec(text) as unknown as readonly [string, ...string[]] | null;
  if (!fields) return undefined;
  const [, authorityId, carrier, certificateClass, digest, channel, eventId, outcome, purpose, serviceProvider, iso] =
    fields;
  const time = parseLeafTime(iso!);
  if (time === undefined || !isEventId(eventId!)) return undefined;
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
    certificateDigest: Buffer.from(digest!, 'hex'),
  };
}
