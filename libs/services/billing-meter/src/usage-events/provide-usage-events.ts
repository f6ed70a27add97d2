import { provideProblems } from '@kakunin/runtime';
import type { DynamicModule } from '@nestjs/common';
import type { BillingMeterConfig } from '../config.ts';
import { UsageEventBodies } from './bodies.ts';
import { DigestKeys, OBJECTION_DAYS } from './digest-keys.ts';
import { QuarantineController } from './quarantine.controller.ts';
import { QuarantineStore } from './quarantine-store.ts';
import { USAGE_EVENT_PROBLEMS } from './usage-event-error.ts';
import { USAGE_EVENT_MAX_AGE_DAYS, UsageEventIntake } from './usage-event-intake.ts';
import { UsageEventMetrics } from './usage-event-metrics.ts';
import { UsageEventStore } from './usage-event-store.ts';
import { UsageEventsController } from './usage-events.controller.ts';

export const usageEventControllers = [QuarantineController, UsageEventsController];

/** What reporting usage needs beside the counting of segments. */
export const provideUsageEvents = (
  config: Pick<BillingMeterConfig, 'usageEventMaxAgeDays' | 'firstCheckRetentionDays'>,
): NonNullable<DynamicModule['providers']> => [
  DigestKeys,
  QuarantineStore,
  UsageEventBodies,
  UsageEventIntake,
  UsageEventMetrics,
  UsageEventStore,
  { provide: USAGE_EVENT_MAX_AGE_DAYS, useValue: config.usageEventMaxAgeDays },
  { provide: OBJECTION_DAYS, useValue: config.firstCheckRetentionDays },
  provideProblems(USAGE_EVENT_PROBLEMS),
];
