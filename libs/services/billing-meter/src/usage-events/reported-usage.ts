import { createHash } from 'node:crypto';
import { contentHash } from '@kakunin/billing';
import type { RelyingPartyDirectory } from '@kakunin/relying-parties';
import type { z } from 'zod';
import { type CloudEvent, cloudEventSchema } from './cloud-event.ts';
import { UsageEventError } from './usage-event-error.ts';

const FUTURE_TOLERANCE = 5 * 60_000;
const DAY = 86_400_000;

/** An event of a tenant. */
export interface ReportedUsage {
  readonly event: CloudEvent;
  /** Epoch ms. */
  readonly time: number;
  /** SHA-256 of (tenant, source, id). */
  readonly key: Buffer;
  /** SHA-256 of everything that the event says. It covers source and id as well, so that nobody can guess it. */
  readonly sha256: Buffer;
  /** Why it may not be taken unless it was before: what was accepted once stays so, however old it gets. */
  readonly refusal: UsageEventError | undefined;
}

export interface ReportingRules {
  /** Code of the platform provider that reports. */
  readonly tenant: string;
  /** Epoch ms. */
  readonly now: number;
  readonly maxAgeDays: number;
  readonly directory: Pick<RelyingPartyDirectory, 'standsBehind'>;
}

/** @returns why it is no event at all, as an error that nobody threw */
export function readReportedUsage(value: unknown, rules: ReportingRules): ReportedUsage | UsageEventError {
  const parsed = cloudEventSchema.safeParse(value);
  if (!parsed.success) return invalid(describe(parsed.error));
  const event = parsed.data;
  const time = Date.parse(event.time);
  // What has the form of an instant may still be none, such as a leap second; and none was counted before 1970.
  if (Number.isNaN(time) || time < 0) return invalid('its time is no instant');
  const { source, id, data } = event;
  return {
    event,
    time,
    key: createHash('sha256')
      .update(JSON.stringify([rules.tenant, source, id]))
      .digest(),
    sha256: Buffer.from(contentHash({ tenant: rules.tenant, source, id, time, data }), 'hex'),
    refusal: refusalOf(time, data.serviceProvider, rules),
  };
}

function refusalOf(
  time: number,
  serviceProvider: string,
  { tenant, now, maxAgeDays, directory }: ReportingRules,
): UsageEventError | undefined {
  if (time > now + FUTURE_TOLERANCE) return invalid('its time lies ahead of the clock here');
  if (time < now - maxAgeDays * DAY) return invalid(`its time is more than ${maxAgeDays} days ago`);
  if (serviceProvider === '' || directory.standsBehind(serviceProvider, tenant)) return undefined;
  return new UsageEventError(
    'foreign_service_provider',
    'The service provider is not registered behind you: report for your own service providers only.',
  );
}

const invalid = (why: string): UsageEventError =>
  new UsageEventError('invalid_usage_event', `The event is refused: ${why} (docs/reference/usage-events.md).`);

/** Names members, never their values. */
function describe({ issues }: z.ZodError): string {
  const [first] = issues;
  if (!first || first.path.length === 0)
    return first?.code === 'unrecognized_keys' ? 'it has members of no meaning here' : 'it is no CloudEvent';
  return `"${first.path.join('.')}" is not as it should be`;
}
