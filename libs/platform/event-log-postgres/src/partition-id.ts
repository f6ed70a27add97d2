/** A partition of a topic. */
export interface PartitionId {
  readonly topic: string;
  readonly partition: number;
}

export const sameAs =
  (one: PartitionId) =>
  (other: PartitionId): boolean =>
    one.topic === other.topic && one.partition === other.partition;
