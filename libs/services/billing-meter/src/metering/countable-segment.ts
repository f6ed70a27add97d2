import type { UsageSegment } from '@kakunin/usage';

/** `journal`: what a responder recorded; a month waits for it. `events`: what a tenant reported over the API. */
export type ProducerKind = 'journal' | 'events';

/** A segment as its octets, which are what is archived and counted. */
export interface CountableSegment extends Pick<UsageSegment, 'producer' | 'sequence' | 'sealedAt'> {
  readonly kind: ProducerKind;
  readonly octets: Uint8Array;
  /** Of the octets, lower-case hexadecimal. */
  readonly sha256: string;
  /** How many records its maker says there are. */
  readonly count: number;
}
