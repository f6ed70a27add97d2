import type { BillingPeriod } from '@kakunin/calendar';
import type { TreeHead } from './checkpoint.ts';

/** Of which month a statement is, and how large the tree was that it was closed with. */
export interface AccountedUntil {
  readonly period: BillingPeriod;
  readonly size: number;
}

/** The leaves that a statement accounts for. */
export interface Accounting {
  readonly period: BillingPeriod;
  /** The tree that it was closed with. */
  readonly head: TreeHead;
  /** The statement before it; absent: it is the customer's first. */
  readonly previous?: AccountedUntil | undefined;
}

/**
 * Each leaf is accounted for once: by the first statement whose month it is not after, and whose tree holds it. So late
 * usage is on the next statement; and usage of the next month that is in the tree already waits for its own.
 * @param month of the leaf
 */
export const accountsFor = ({ period, head, previous }: Accounting, index: number, month: BillingPeriod): boolean =>
  reaches({ period, size: head.size }, index, month) && !(previous !== undefined && reaches(previous, index, month));

const reaches = ({ period, size }: AccountedUntil, index: number, month: BillingPeriod): boolean =>
  index < size && month <= period;
