/** An event that a transaction makes true; identity headers are added when it goes on the log. */
export interface OutboxEvent {
  readonly topic: string;
  readonly key: string;
  /** Goes on the log as JSON. */
  readonly value: object;
}

/** A connection inside a transaction: a `PoolClient` of pg, or Prisma's transaction client in these clothes. */
export interface SqlTransaction {
  query(text: string, values: unknown[]): Promise<unknown>;
}
