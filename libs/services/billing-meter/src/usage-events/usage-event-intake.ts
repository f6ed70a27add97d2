import type { Clock } from '@kakunin/calendar';
import { RELYING_PARTIES } from '@kakunin/callers';
import type { RelyingPartyDirectory } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { readReportedUsage, type ReportedUsage } from './reported-usage.ts';
import { UsageEventError } from './usage-event-error.ts';
import { UsageEventMetrics } from './usage-event-metrics.ts';
import { type Taken, UsageEventStore } from './usage-event-store.ts';

/** Oldest time of an event that is taken, days. */
export const USAGE_EVENT_MAX_AGE_DAYS = Symbol('usage-event-max-age-days');

/** Events a transaction and a segment, at most. */
export const EVENTS_A_SEGMENT = 5_000;

/** What became of an event; an error says why it was refused. */
export type Outcome = Extract<Taken, { readonly eventId: string }> | UsageEventError;

/** Takes what a platform provider reports of checks that were counted elsewhere. */
@Injectable()
export class UsageEventIntake {
  constructor(
    @Inject(UsageEventStore) private readonly store: UsageEventStore,
    @Inject(UsageEventMetrics) private readonly metrics: UsageEventMetrics,
    @Inject(RELYING_PARTIES) private readonly directory: RelyingPartyDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(USAGE_EVENT_MAX_AGE_DAYS) private readonly maxAgeDays: number,
  ) {}

  /**
   * Each event for itself: one that is refused keeps no other from being counted, as sending all of them again changes
   * nothing that stands.
   * @param values at most {@link EVENTS_A_SEGMENT}; JSON, or an error that was found before
   * @returns what became of each, in order
   * @throws what `UsageEventStore.take` throws; nothing was taken then
   */
  async take(tenant: string, values: readonly unknown[]): Promise<readonly Outcome[]> {
    const { maxAgeDays, directory } = this;
    const now = this.clock.now();
    const read = values.map((value) =>
      value instanceof UsageEventError ? value : readReportedUsage(value, { tenant, now, maxAgeDays, directory }),
    );
    const reported = read.filter((one): one is ReportedUsage => !(one instanceof UsageEventError));
    const taken = reported.length > 0 ? await this.store.take({ tenant, reported, at: now }) : [];
    let next = 0;
    const outcomes = read.map((one) => (one instanceof UsageEventError ? one : outcomeOf(taken[next++]!)));
    this.metrics.onTaken(outcomes);
    return outcomes;
  }
}

function outcomeOf(taken: Taken): Outcome {
  if (taken.result === 'refused') return taken.refusal;
  if (taken.result !== 'conflict') return taken;
  return new UsageEventError(
    'usage_event_conflict',
    'Another event was accepted under this source and id. This one is not counted; it is in quarantine: send it under an id of its own if it is another check.',
  );
}
