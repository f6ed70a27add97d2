import type { Provider } from '@nestjs/common';
import { AuditController } from './audit.controller.ts';
import { AuditHeads } from './audit-heads.ts';
import { AuditLog } from './audit-log.ts';
import { HeadRounds } from './head-rounds.ts';
import { HolderViews } from './holder-views.ts';
import { HolderViewsController } from './holder-views.controller.ts';

export const AUDIT_CONTROLLERS = [AuditController, HolderViewsController];

/** Who writes the audit log, and shows it. */
export const AUDIT_PROVIDERS: readonly Provider[] = [AuditLog, AuditHeads, HeadRounds, HolderViews];
