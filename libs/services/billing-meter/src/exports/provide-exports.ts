import type { Provider, Type } from '@nestjs/common';
import { BillingController } from './billing.controller.ts';
import { ClosedExports } from './closed-exports.ts';
import { DocumentsController } from './documents.controller.ts';
import { IssuedDocuments } from './issued-documents.ts';
import { UsageRecordsController } from './usage-records.controller.ts';
import { UsageRecordReader } from './usage-record-reader.ts';

export const exportControllers: readonly Type[] = [UsageRecordsController, BillingController, DocumentsController];

/** What leaves the billing meter as a file. */
export const provideExports = (): readonly Provider[] => [ClosedExports, IssuedDocuments, UsageRecordReader];
