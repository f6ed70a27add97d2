import { certificateEventSchema, statusWatermarkSchema } from '@kakunin/certificates';
import type { CertificateEvent, StatusWatermark } from '@kakunin/certificates';
import type { NewEvent } from '@kakunin/event-log';
import { StatusFeedError } from './status-feed-error.ts';

export type CertificateStatusEvent = Extract<CertificateEvent, { type: 'certificate_status' }>;
export type DeadLetterResolvedEvent = Extract<CertificateEvent, { type: 'dead_letter_resolved' }>;

/** @throws StatusFeedError `undecodable` | `wrong_key` */
export function decodeCertificateEvent({ key, value }: Pick<NewEvent, 'key' | 'value'>): CertificateEvent {
  const { success, data } = certificateEventSchema.safeParse(parseJson(value));
  // The schema's own message would quote the event.
  if (!success) throw new StatusFeedError('undecodable', 'An event follows no schema of certificate-events.');
  const authorityId = data.type === 'authority_registered' ? data.authority.authorityId : data.authorityId;
  if (authorityId !== key) throw new StatusFeedError('wrong_key', 'An event speaks of another authority than its key.');
  return data;
}

/** @throws StatusFeedError `undecodable` */
export function decodeStatusWatermark({ value }: Pick<NewEvent, 'value'>): StatusWatermark {
  const { success, data } = statusWatermarkSchema.safeParse(parseJson(value));
  if (!success) throw new StatusFeedError('undecodable', 'An event follows no schema of status-watermarks.');
  return data;
}

function parseJson(value: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8'));
  } catch {
    // Not kept as a cause: the message of JSON.parse quotes the text.
    return undefined;
  }
}
