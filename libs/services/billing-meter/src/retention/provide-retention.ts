import { type ProblemMapping, provideProblems } from '@kakunin/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { RetentionErrorCode } from './retention-error.ts';
import { UsageRetentionController } from './usage-retention.controller.ts';
import { UsageRetention } from './usage-retention.ts';

const PROBLEMS: Readonly<Record<RetentionErrorCode, ProblemMapping>> = {
  too_young: { status: 409, title: 'It has to be kept longer' },
  still_needed: { status: 409, title: 'It is still needed' },
  removal_under_way: { status: 409, title: 'A removal is under way' },
  removed: { status: 410, title: 'Removed' },
};

export const retentionControllers: readonly Type[] = [UsageRetentionController];

/** What is removed when nobody has to keep it any more. */
export const provideRetention = (): readonly Provider[] => [UsageRetention, provideProblems(PROBLEMS)];
