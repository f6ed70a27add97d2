import { EventLogError } from './event-log-error.ts';
import type { NewEvent } from './event-log.ts';

/** Who made an event and its number there; consumers use it to recognise what they have handled already. */
export interface EventIdentity {
  readonly producer: string;
  readonly sequence: bigint;
}

/** The headers that carry an identity. */
export const identityHeaders = ({ producer, sequence }: EventIdentity): Record<string, string> => ({
  producer,
  sequence: sequence.toString(),
});

/** @throws EventLogError `invalid_event` when the headers are missing or malformed */
export function eventIdentity(event: Pick<NewEvent, 'headers'>): EventIdentity {
  const { producer, sequence } = event.headers;
  if (!producer || !sequence || !/^\d{1,19}$/.test(sequence)) {
    throw new EventLogError('invalid_event', 'An event must carry the headers "producer" and "sequence" (digits).');
  }
  return { producer, sequence: BigInt(sequence) };
}
