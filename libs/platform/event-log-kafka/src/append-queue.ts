import { EventLogError, type NewEvent, type Position } from '@kakunin/event-log';

/** Where an event lies. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Sends events in one request; answers the places of all, in the same order. @throws EventLogError */
export type Send = (events: readonly NewEvent[]) => Promise<readonly Place[]>;

interface Waiting {
  readonly events: readonly NewEvent[];
  readonly resolve: (positions: readonly Position[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Below the 1 MiB that a broker takes by default: everything of a request may lie in one partition. */
const MOST_BYTES = 900_000;
const MOST_EVENTS = 5_000;
/** What a record needs besides its key, value and headers, at most. */
const RECORD_OVERHEAD = 64;

const bytesOf = ({ key, value, headers }: NewEvent): number =>
  Object.entries(headers).reduce((sum, [name, text]) => sum + 3 * (name.length + text.length) + 10, 0) +
  3 * key.length +
  value.byteLength +
  RECORD_OVERHEAD;

/** Cuts events into requests of a bearable size; one event that is larger goes alone. */
export function* portions(events: readonly NewEvent[]): Generator<readonly NewEvent[]> {
  let portion: NewEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = bytesOf(event);
    if (portion.length > 0 && (bytes + size > MOST_BYTES || portion.length === MOST_EVENTS)) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(event);
    bytes += size;
  }
  if (portion.length > 0) yield portion;
}

/**
 * One request at a time, so that the order of appends is the order in the log even when a request is repeated; appends
 * that come meanwhile share the next one.
 */
export class AppendQueue {
  private waiting: Waiting[] = [];
  private draining: Promise<void> | undefined;

  constructor(private readonly send: Send) {}

  append(events: readonly NewEvent[]): Promise<readonly Position[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ events, resolve, reject });
      this.draining ??= this.drain();
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.draining;
  }

  private async drain(): Promise<void> {
    // Lets the appends of this turn of the event loop come together.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const together = this.waiting;
      this.waiting = [];
      await this.sendTogether(together);
    }
    this.draining = undefined;
  }

  private async sendTogether(together: readonly Waiting[]): Promise<void> {
    const places: Place[] = [];
    try {
      for (const portion of portions(together.flatMap(({ events }) => events)))
        places.push(...(await this.send(portion)));
    } catch (error) {
      // Only the append with the event that is too large fails; the others go on without it.
      if (together.length > 1 && error instanceof EventLogError && error.code === 'too_large') {
        for (const alone of together) await this.sendTogether([alone]);
      } else {
        for (const { reject } of together) reject(error);
      }
      return;
    }
    let from = 0;
    for (const { events, resolve } of together) resolve(positionsAfter(places.slice(from, (from += events.length))));
  }
}

/** For each partition touched, the position after the last of the places. */
function positionsAfter(places: readonly Place[]): readonly Position[] {
  const positions = new Map<string, Position>();
  for (const { topic, partition, offset } of places) {
    positions.set(`${topic}/${partition}`, { topic, partition, nextOffset: offset + 1n });
  }
  return [...positions.values()];
}
