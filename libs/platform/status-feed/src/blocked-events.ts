/** An event of `certificate-events` that could not be applied: its authority answers no more until it is resolved. */
export interface BlockedEvent {
  /** The event's key. */
  readonly authorityId: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Code of the error that refused it. */
  readonly reason: string;
}

/** The refused events of all authorities. */
export class BlockedEvents {
  readonly #events = new Map<string, BlockedEvent>();

  constructor(events: Iterable<BlockedEvent> = []) {
    for (const event of events) this.add(event);
  }

  add(event: BlockedEvent): void {
    this.#events.set(placeOf(event), event);
  }

  /** @returns whether there was such an event of this authority */
  resolve(event: Omit<BlockedEvent, 'reason'>): boolean {
    const found = this.#events.get(placeOf(event));
    return found?.authorityId === event.authorityId && this.#events.delete(placeOf(event));
  }

  has(authorityId: string): boolean {
    for (const event of this.#events.values()) if (event.authorityId === authorityId) return true;
    return false;
  }

  all(): readonly BlockedEvent[] {
    return [...this.#events.values()];
  }
}

const placeOf = ({ partition, offset }: Pick<BlockedEvent, 'partition' | 'offset'>): string => `${partition}/${offset}`;
