import type { Clock } from '@kakunin/calendar';
import { formatJst } from '@kakunin/calendar';
import type { HealthResult } from '@kakunin/runtime';
import type { StatusFeed } from './status-feed.ts';

/** Red when status data is stale or an authority is blocked; the details are what an operator reads first. */
export function statusHealth(feed: StatusFeed, clock: Clock): HealthResult {
  const faults = [...staleness(feed, clock), ...blockages(feed)];
  if (faults.length > 0) return { ok: false, detail: faults.join(' ') };
  return { ok: true, detail: `status as of ${formatJst(feed.oldestAsOf)}` };
}

function staleness(feed: StatusFeed, clock: Clock): string[] {
  const { oldestAsOf, maxAge } = feed;
  const whatToDo =
    'Check that linkage-registry runs, that its clock agrees with ours, and that the event log can be reached (runbook status-stale).';
  if (oldestAsOf === 0) return [`No status watermark was reached yet. ${whatToDo}`];
  const age = clock.now() - oldestAsOf;
  if (age < -maxAge) return [`Status data is ${Math.round(-age / 1000)} s ahead of the clock. Set the clock right.`];
  if (age <= maxAge) return [];
  return [`Status data is ${Math.round(age / 1000)} s old, more than ${maxAge / 1000} s. ${whatToDo}`];
}

function blockages(feed: StatusFeed): string[] {
  const events = feed
    .blockedEvents()
    .map(
      ({ authorityId, partition, offset, reason }) =>
        `Authority ${authorityId} is blocked by partition ${partition} offset ${offset} (${reason}): ` +
        'set it right and resolve the dead letter (runbook authority-blocked).',
    );
  const keys = feed
    .authorities()
    .filter(({ missingSealingKeys }) => missingSealingKeys.length > 0)
    .map(
      ({ authority: { authorityId }, missingSealingKeys }) =>
        `Authority ${authorityId} is blocked: it has sealed serial numbers under key version ${missingSealingKeys.join(', ')}. ` +
        `Put ${authorityId}/sealing-<version>.key (64 hexadecimal digits) into the directory of sealing keys.`,
    );
  return [...events, ...keys];
}
