import { EventLogError, eventIdentity } from '@kakunin/event-log';
import type { EventLog, NewEvent } from '@kakunin/event-log';
import { decodeSegment, readSegmentEvent } from '@kakunin/usage';
import type { UsageSegment } from '@kakunin/usage';
import { numberOf } from './usage-events.ts';

/** An event log of `usage-segments` that counts as the billing meter does: each (producer, sequence) once. */
export class SegmentCollector implements Pick<EventLog, 'append'> {
  readonly segments = new Map<string, UsageSegment & { readonly sha256: string }>();
  /** Octets of the largest segment. */
  largest = 0;
  away = false;

  async append(events: readonly NewEvent[]): Promise<[]> {
    if (this.away) throw new EventLogError('unavailable', 'away');
    for (const event of events) this.take(event);
    return [];
  }

  take(event: Pick<NewEvent, 'value' | 'headers'>): void {
    const { octets, sha256 } = readSegmentEvent(event);
    this.largest = Math.max(this.largest, octets.length);
    const segment = { ...decodeSegment(octets), sha256 };
    const { producer, sequence } = eventIdentity(event);
    const known = this.segments.get(`${producer}/${sequence}`);
    if (known && known.sha256 !== segment.sha256) throw new Error('one identity, two contents');
    this.segments.set(`${producer}/${sequence}`, segment);
  }

  /** Number of the usage event, by `<sequence>/<index>` among its customer's, after its customer. */
  get places(): ReadonlyMap<string, number> {
    const places = new Map<string, number>();
    for (const { sequence, events } of this.segments.values()) {
      const counts = new Map<string, number>();
      for (const event of events) {
        const index = counts.get(event.platformProvider) ?? 0;
        counts.set(event.platformProvider, index + 1);
        places.set(`${event.platformProvider} ${sequence}/${index}`, numberOf(event));
      }
    }
    return places;
  }

  get sequences(): bigint[] {
    return [...this.segments.values()].map(({ sequence }) => sequence).sort((one, other) => Number(one - other));
  }

  /** Numbers of all usage events counted, ascending. */
  get numbers(): number[] {
    return [...this.segments.values()].flatMap(({ events }) => events.map(numberOf)).sort((one, other) => one - other);
  }
}
