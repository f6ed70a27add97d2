import type { Clock } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { CLOCK } from '@kakunin/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { BillingMeterConfig } from '../config.ts';
import { FirstCheckRetention } from './first-check-retention.ts';
import { GroupedCount } from './grouped-count.ts';
import { MeteringMetrics } from './metering-metrics.ts';
import { ProducerStore } from './producer-store.ts';
import { RefusedSegmentsController } from './refused-segments.controller.ts';
import { RefusedSegments } from './refused-segments.ts';
import { SegmentArchive } from './segment-archive.ts';
import { SegmentStore } from './segment-store.ts';
import { SequenceGaps } from './sequence-gaps.ts';
import { UsageSegmentsConsumer } from './usage-segments.consumer.ts';
import { UsageStore } from './usage-store.ts';

export const meteringControllers: readonly Type[] = [UsageSegmentsConsumer, RefusedSegmentsController];

export const provideMetering = ({ firstCheckRetentionDays: days }: BillingMeterConfig): readonly Provider[] => [
  GroupedCount,
  MeteringMetrics,
  ProducerStore,
  RefusedSegments,
  SegmentArchive,
  SegmentStore,
  SequenceGaps,
  UsageStore,
  {
    provide: FirstCheckRetention,
    inject: [Database, CLOCK],
    useFactory: (database: Database, clock: Clock) => new FirstCheckRetention({ database, clock, days }),
  },
];
