import type { UsageEvent } from '@kakunin/usage';

/** How often something was checked: what the events have in common, and their number. */
export interface UsageCount extends Omit<UsageEvent, 'requestDigest' | 'certificateDigest'> {
  /** A moment of the span that was summed up (epoch ms): the start of a minute, or of a longer span of constant prices. */
  readonly time: number;
  readonly quantity: bigint;
}

/** A count as rating needs it: which authority was asked does not matter to the price. */
export type RatableCount = Omit<UsageCount, 'authorityId'>;

const MINUTE = 60_000;

/** Sums events up by minute: as fine as any price change (they are at midnight) and any gap in usage needs. */
export function countByMinute(events: Iterable<UsageEvent>): readonly UsageCount[] {
  const counts = new Map<string, { -readonly [K in keyof UsageCount]: UsageCount[K] }>();
  for (const event of events) {
    const count = minuteOf(event);
    const key = Object.values(count).join('\0');
    const known = counts.get(key);
    if (known) known.quantity += 1n;
    else counts.set(key, { ...count, quantity: 1n });
  }
  return [...counts.values()];
}

const minuteOf = (event: UsageEvent): Omit<UsageCount, 'quantity'> => ({
  time: event.time - (event.time % MINUTE),
  platformProvider: event.platformProvider,
  serviceProvider: event.serviceProvider,
  authorityId: event.authorityId,
  certificateClass: event.certificateClass,
  carrier: event.carrier,
  channel: event.channel,
  purpose: event.purpose,
  outcome: event.outcome,
});
