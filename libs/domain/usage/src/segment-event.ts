import { createHash } from 'node:crypto';
import { eventIdentity, identityHeaders, USAGE_SEGMENTS } from '@kakunin/event-log';
import type { NewEvent } from '@kakunin/event-log';
import { UsageError } from './usage-error.ts';
import { decodeSegment } from './usage-segment.ts';
import type { UsageSegment } from './usage-segment.ts';

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

/** A segment as it travels on `usage-segments`: key is the producer; the headers say what the value must be. */
export const segmentEvent = (
  segment: Pick<UsageSegment, 'producer' | 'sequence'> & { readonly count: number },
  octets: Uint8Array,
): NewEvent => ({
  topic: USAGE_SEGMENTS,
  key: segment.producer,
  value: octets,
  headers: { ...identityHeaders(segment), count: segment.count.toString(), sha256: sha256(octets) },
});

/**
 * Reads a segment off the topic and holds it against its headers `producer`, `sequence`, `count` and `sha256`.
 * @throws UsageError `invalid_segment` | `segment_mismatch`; EventLogError `invalid_event` without an identity
 */
export function readSegmentEvent(
  event: Pick<NewEvent, 'value' | 'headers'>,
): UsageSegment & { readonly sha256: string } {
  const identity = eventIdentity(event);
  const digest = sha256(event.value);
  if (digest !== event.headers['sha256']) throw mismatch('its SHA-256');
  const segment = decodeSegment(event.value);
  if (segment.producer !== identity.producer || segment.sequence !== identity.sequence) throw mismatch('its identity');
  if (segment.events.length.toString() !== event.headers['count']) throw mismatch('its count');
  return { ...segment, sha256: digest };
}

const mismatch = (what: string): UsageError =>
  new UsageError('segment_mismatch', `A usage segment is not what its headers say: ${what} differs.`);
