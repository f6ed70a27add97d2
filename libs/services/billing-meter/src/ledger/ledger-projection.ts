import type { Clock } from '@kakunin/calendar';
import { UsageError, type UsageEvent, type UsageSegment } from '@kakunin/usage';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { MeteringError } from '../metering/metering-error.ts';
import { SegmentArchive } from '../metering/segment-archive.ts';
import { LedgerProjectionStore, type PendingSegment, type SetAside } from './ledger-projection-store.ts';
import { Ledgers } from './ledgers.ts';

/** What one step did, and what it could not do. */
export interface ProjectionStep {
  /** When it began (epoch ms): it has seen what was counted before. */
  readonly at: number;
  /** Segments that were taken; 0: nothing waits. */
  readonly segments: number;
  readonly leaves: number;
  readonly faults: readonly ProjectionFault[];
}

/** A ledger that could not be appended to, or a segment that could not be read. The others go on. */
export interface ProjectionFault {
  readonly what: { readonly customer: string } | { readonly segment: string };
  readonly error: unknown;
}

/** Most segments and, beyond the first of them, most records that a step takes: what it holds in memory at once. */
const MOST_SEGMENTS = 500;
const MOST_RECORDS = 50_000;
/** Ledgers that are appended to at the same time. */
const LANES = 4;

/**
 * Brings what was counted into the ledgers. A segment is read once, whoever is in it. Stopped anywhere, the next step
 * goes on: an append that is there already adds nothing, and its rows are settled then.
 */
@Injectable()
export class LedgerProjection {
  constructor(
    @Inject(LedgerProjectionStore) private readonly store: LedgerProjectionStore,
    @Inject(SegmentArchive) private readonly archive: SegmentArchive,
    @Inject(Ledgers) private readonly ledgers: Ledgers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Takes the next segments that wait. @throws DatabaseError `database_unavailable`; ObjectError `store_unavailable` */
  async step(aside: SetAside): Promise<ProjectionStep> {
    const at = this.clock.now();
    const pending = upTo(MOST_RECORDS, await this.store.pending(MOST_SEGMENTS, aside));
    const faults: ProjectionFault[] = [];
    const byCustomer = new Map<string, UsageSegment[]>();
    for (const segment of pending) await this.#divide(segment, byCustomer, faults);
    const queue = [...byCustomer];
    let leaves = 0;
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const [customer, segments] = next;
        await this.#append(customer, segments).then(
          () => (leaves += segments.reduce((sum, { events }) => sum + events.length, 0)),
          (error: unknown) => faults.push({ what: { customer }, error }),
        );
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return { at, segments: pending.length, leaves, faults };
  }

  async #divide(
    { location, customers, ...id }: PendingSegment,
    byCustomer: Map<string, UsageSegment[]>,
    faults: ProjectionFault[],
  ): Promise<void> {
    try {
      const { producer, sequence, events } = await this.archive.read(location);
      const own = new Map<string, UsageEvent[]>(customers.map((customer) => [customer, []]));
      for (const event of events) own.get(event.platformProvider)?.push(event);
      for (const [customer, of] of own) {
        const segments = byCustomer.get(customer) ?? [];
        segments.push({ producer, sequence, events: of });
        byCustomer.set(customer, segments);
      }
    } catch (error) {
      if (!(error instanceof MeteringError || error instanceof UsageError)) throw error;
      faults.push({ what: { segment: `${id.producer}/${id.sequence}` }, error });
    }
  }

  async #append(customer: string, segments: readonly UsageSegment[]): Promise<void> {
    const head = await this.ledgers.writerOf(customer).append(segments);
    const origin = this.ledgers.originOf(customer);
    await this.store.settle({ customer, origin, head, segments, at: this.clock.now() });
  }
}

/** The first segments, with at most so many records together; one at least. */
function upTo(most: number, segments: readonly PendingSegment[]): readonly PendingSegment[] {
  let records = 0;
  const end = segments.findIndex((segment, index) => (records += segment.records) > most && index > 0);
  return end < 0 ? segments : segments.slice(0, end);
}
