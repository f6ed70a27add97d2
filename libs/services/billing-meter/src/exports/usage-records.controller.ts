import { Readable } from 'node:stream';
import type { BillingPeriod, Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Controller, Get, Inject, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { periodSchema } from '../api/period.ts';
import { seesEverything } from '../visibility.ts';
import { UsageRecordReader } from './usage-record-reader.ts';
import { RECORD_FORMATS } from './usage-record-text.ts';

const AFTER = /^([0-9a-f]{32})\/(\d{1,18})$/;
const querySchema = z.object({
  format: z.enum(RECORD_FORMATS).default('csv'),
  after: z
    .string()
    .regex(AFTER)
    .optional()
    .describe(
      '`<producer>/<sequence>`: begins behind this segment, without a header, to go on where a download broke off.',
    ),
});

@Controller('billing/:period/records')
export class UsageRecordsController {
  constructor(
    @Inject(UsageRecordReader) private readonly reader: UsageRecordReader,
    @Inject(AdministrationDatabase) private readonly database: AdministrationDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The usage records themselves, streamed: all for finance and operators, its own for a platform provider.
   * `kakunin-record-count` says how many the month has.
   */
  @Get()
  @AllowRoles('finance', 'operator', 'platform_provider')
  @ApiProduces('text/csv', 'application/x-ndjson')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async records(
    @Param('period', { schema: periodSchema }) text: string,
    @Query({ schema: querySchema }) { format, after }: z.infer<typeof querySchema>,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const period = text as BillingPeriod;
    const mine = seesEverything(caller) ? {} : { customer: caller.code };
    const subject = { period, format, records: true, ...mine };
    const actor = { caller: caller.code, at: this.clock.now() };
    await this.database.transaction((client) => recordAudit(client, actor, { action: 'billing.export', subject }));
    void reply.header('kakunin-record-count', (await this.reader.count({ period, ...mine })).toString());
    const behind = after === undefined ? {} : { after: segmentOf(after) };
    return new StreamableFile(Readable.from(this.reader.read({ period, format, ...mine, ...behind })), {
      type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      disposition: `attachment; filename="usage-records-${period}.${format}"`,
    });
  }
}

function segmentOf(text: string): { producer: string; sequence: bigint } {
  const [, producer = '', sequence = '0'] = AFTER.exec(text) ?? [];
  return { producer, sequence: BigInt(sequence) };
}
