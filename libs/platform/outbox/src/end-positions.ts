import type { EventLog, Position } from '@kakunin/event-log';

/** The ends of some topics: as the log said at first, and as its acknowledgements moved them on since. */
export class EndPositions {
  readonly #byPartition: Map<string, Position>;

  private constructor(positions: readonly Position[]) {
    this.#byPartition = new Map(positions.map((position) => [nameOf(position), position]));
  }

  static async of(eventLog: EventLog, topics: readonly string[]): Promise<EndPositions> {
    const positions = await Promise.all(topics.map((topic) => eventLog.endPositions(topic)));
    return new EndPositions(positions.flat());
  }

  /** Other topics are passed over; a position never goes back. */
  advance(positions: readonly Position[]): void {
    for (const position of positions) {
      const before = this.#byPartition.get(nameOf(position));
      if (before && position.nextOffset > before.nextOffset) this.#byPartition.set(nameOf(position), position);
    }
  }

  all(): readonly Position[] {
    return [...this.#byPartition.values()];
  }
}

const nameOf = ({ topic, partition }: Position): string => `${topic}/${partition}`;
