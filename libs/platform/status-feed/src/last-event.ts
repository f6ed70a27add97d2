import { createHash } from 'node:crypto';
import type { EventRecord } from '@kakunin/event-log';

/** What tells an event from the one at the same place of another log. */
export const eventDigest = ({ timestamp, headers, value }: EventRecord): string =>
  createHash('sha256')
    .update(`${timestamp} ${headers['producer']} ${headers['sequence']}\n`)
    .update(value)
    .digest('hex');

/** The newest event of a partition that was dealt with. */
export interface LastEvent {
  readonly partition: number;
  readonly offset: bigint;
  /** {@link eventDigest} */
  readonly digest: string;
}
