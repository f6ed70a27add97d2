import type { Provider } from '@nestjs/common';
import { CallQuotas } from './call-quotas.ts';
import { CallLimitsController } from './call-limits.controller.ts';
import { CallerWatch } from './caller-watch.ts';
import { HoneyCertificates } from './honey-certificates.ts';
import { IssuedCount } from './issued-count.ts';
import { PersonsAsked } from './persons-asked.ts';
import { ProbedOutcomes } from './probed-outcomes.ts';
import { ProbingBlocks } from './probing-blocks.ts';
import { ProbingBlocksController } from './probing-blocks.controller.ts';
import { ProbingMetrics } from './probing-metrics.ts';
import { WatchRounds } from './watch-rounds.ts';

export const PROBING_CONTROLLERS = [CallLimitsController, ProbingBlocksController];

/** Who watches the callers. */
export const PROBING_PROVIDERS: readonly Provider[] = [
  CallQuotas,
  PersonsAsked,
  ProbingBlocks,
  HoneyCertificates,
  IssuedCount,
  ProbedOutcomes,
  ProbingMetrics,
  CallerWatch,
  WatchRounds,
];
