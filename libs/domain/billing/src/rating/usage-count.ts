import type { UsageEvent } from '@kakunin/usage';
import { isChargeable } from './chargeable-outcomes.ts';
import { firstCheckKey, type FirstCheckRegister } from './first-check.ts';

/** How often something was checked: what the events have in common, and their number. */
export interface UsageCount extends Omit<UsageEvent, 'requestDigest' | 'certificateDigest'> {
  /** A moment of the span that was summed up (epoch ms): the start of a minute, or of a longer span of constant prices. */
  readonly time: number;
  readonly quantity: bigint;
  /** How many of them were the first of their certificate. Absent: not counted. */
  readonly firstChecks?: FirstChecks;
}

/** See {@link firstCheckKey}. */
export interface FirstChecks {
  readonly month: bigint;
  readonly year: bigint;
}

/** A count as rating needs it: which authority was asked does not matter to the price. */
export type RatableCount = Omit<UsageCount, 'authorityId'>;

const MINUTE = 60_000;

/**
 * Sums events up by minute: as fine as any price change (they are at midnight) and any gap in usage needs.
 * @param register with it first checks are counted: they are the first in the order of the events
 */
export function countByMinute(events: Iterable<UsageEvent>, register?: FirstCheckRegister): readonly UsageCount[] {
  const counts = new Map<string, { -readonly [K in keyof UsageCount]: UsageCount[K] }>();
  for (const event of events) {
    const minute = minuteOf(event);
    const key = Object.values(minute).join('\0');
    const count = counts.get(key) ?? { ...minute, quantity: 0n };
    count.quantity += 1n;
    if (register) count.firstChecks = plusFirst(count.firstChecks, event, register);
    counts.set(key, count);
  }
  return [...counts.values()];
}

function plusFirst(
  { month, year }: FirstChecks = { month: 0n, year: 0n },
  event: UsageEvent,
  register: FirstCheckRegister,
): FirstChecks {
  if (!isChargeable(event.outcome)) return { month, year };
  return {
    month: register.isFirst(firstCheckKey(event, 'month')) ? month + 1n : month,
    year: register.isFirst(firstCheckKey(event, 'year')) ? year + 1n : year,
  };
}

const minuteOf = (event: UsageEvent): Omit<UsageCount, 'quantity' | 'firstChecks'> => ({
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
