/** Which usage event: written `<producer>/<sequence>/<index>`. */
export interface EventId {
  /** The journal that recorded it: 32 lower-case hexadecimal digits. */
  readonly producer: string;
  /** Number of the usage segment, from 1. */
  readonly sequence: bigint;
  /**
   * Number of the event among those of the same customer in the segment, from 0 and without gaps. Not among all events:
   * the gaps would tell a customer how much others use.
   */
  readonly index: number;
}

const EVENT_ID = /^([0-9a-f]{32})\/([1-9][0-9]{0,19})\/(0|[1-9][0-9]{0,8})$/;

/** Whether a text is an event id. */
export const isEventId = (text: string): boolean => EVENT_ID.test(text);

export const formatEventId = ({ producer, sequence, index }: EventId): string => `${producer}/${sequence}/${index}`;

/** @returns undefined when the text is no event id */
export function parseEventId(text: string): EventId | undefined {
  const parts = EVENT_ID.exec(text);
  return parts ? { producer: parts[1]!, sequence: BigInt(parts[2]!), index: Number(parts[3]) } : undefined;
}
