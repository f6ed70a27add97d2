import type { ProblemMapping } from '@kakunin/runtime';
import { provideProblems } from '@kakunin/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { ClosingErrorCode } from './closing-error.ts';
import { ClosingMetrics } from './closing-metrics.ts';
import { ClosingScheduler } from './closing-scheduler.ts';
import { ClosingController } from './closing.controller.ts';
import { CreditNoteStore } from './credit-note-store.ts';
import { CreditNotes } from './credit-notes.ts';
import { CreditNotesController } from './credit-notes.controller.ts';
import { UsageProducersController } from '../producers/usage-producers.controller.ts';
import { ReconciliationController } from '../reconciliation/reconciliation.controller.ts';
import { Reconciler } from '../reconciliation/reconciler.ts';
import { MonthClosing } from './month-closing.ts';
import { MonthStore } from './month-store.ts';
import { StatementClosing } from './statement-closing.ts';
import { StatementDrafts } from './statement-drafts.ts';
import { StatementStore } from './statement-store.ts';
import { StatementsController } from './statements.controller.ts';

const PROBLEMS: Readonly<Record<ClosingErrorCode | 'unknown_producer' | 'segments_missing', ProblemMapping>> = {
  month_not_over: { status: 409, title: 'The month is not over' },
  month_passed: { status: 409, title: 'A later month is closed' },
  issuer_incomplete: { status: 409, title: 'The issuer is not configured' },
  late_usage: { status: 409, title: 'Usage is not billed yet' },
  unknown_producer: { status: 404, title: 'No such producer' },
  segments_missing: { status: 409, title: 'Segments are missing' },
  other_basis: { status: 409, title: 'Corrected otherwise before' },
};

export const statementControllers: readonly Type[] = [
  ClosingController,
  StatementsController,
  CreditNotesController,
  ReconciliationController,
  UsageProducersController,
];

/** Closing months, what comes of it, and what has to be right for it. */
export const provideStatements = (): readonly Provider[] => [
  ClosingMetrics,
  ClosingScheduler,
  CreditNotes,
  CreditNoteStore,
  MonthClosing,
  MonthStore,
  Reconciler,
  StatementClosing,
  StatementDrafts,
  StatementStore,
  provideProblems(PROBLEMS),
];
