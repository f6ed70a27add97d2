import type { SentSegment } from '@kakunin/usage';

/** `journal`: what a responder recorded; a month waits for it. `events`: what a tenant reported over the API. */
export type ProducerKind = 'journal' | 'events';

/** A segment as its octets, which are counted, and as its frame, which is archived. */
export interface CountableSegment extends SentSegment {
  readonly kind: ProducerKind;
}
