/** A segment to which nothing is added any more. */
export interface SealedSegment {
  readonly sequence: bigint;
  /** Records in it. */
  readonly count: number;
  /** Epoch ms: all its records were recorded before, and no later segment holds an earlier one. */
  readonly sealedAt: number;
}
