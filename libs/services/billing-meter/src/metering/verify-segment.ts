import { createHash } from 'node:crypto';
import { eventIdentity, type EventRecord } from '@kakunin/event-log';
import { decodeSegment, type UsageEvent } from '@kakunin/usage';
import { MeteringError } from './metering-error.ts';

/** A segment that is what its headers say. */
export interface VerifiedSegment {
  readonly producer: string;
  readonly sequence: bigint;
  /** Of the event's value. */
  readonly sha256: Buffer;
  readonly events: readonly UsageEvent[];
}

/** @throws MeteringError `segment_corrupt`; EventLogError `invalid_event`; UsageError of the codec */
export function verifySegment(record: EventRecord): VerifiedSegment {
  const { producer, sequence } = eventIdentity(record);
  const sha256 = createHash('sha256').update(record.value).digest();
  if (record.headers['sha256'] !== sha256.toString('hex')) throw corrupt('its SHA-256 differs from its header');
  const segment = decodeSegment(record.value);
  if (segment.producer !== producer || segment.sequence !== sequence) {
    throw corrupt('its producer or sequence differs from its headers');
  }
  if (record.headers['count'] !== segment.events.length.toString()) {
    throw corrupt(`it holds ${segment.events.length} records, its header says ${record.headers['count']}`);
  }
  return { producer, sequence, sha256, events: segment.events };
}

const corrupt = (why: string): MeteringError =>
  new MeteringError(
    'segment_corrupt',
    `The usage segment was not counted: ${why}. Compare it with the journal that sent it.`,
  );
