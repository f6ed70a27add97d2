import { Readable } from 'node:stream';
import type { BillingPeriod, Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { DocumentSigner } from '@kakunin/signing-keys';
import {
  BadRequestException,
  ConflictException,
  Controller,
  Get,
  Inject,
  Param,
  Query,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { periodSchema } from '../api/period.ts';
import { streamedResult } from '../api/streamed-result.ts';
import { UsageRetention } from '../retention/usage-retention.ts';
import { MonthStore } from '../statements/month-store.ts';
import { seesEverything } from '../visibility.ts';
import { recordProofOf, recordProofSchema } from './record-proof.ts';
import { type RecordsInput, UsageRecordReader } from './usage-record-reader.ts';
import { RECORD_FORMATS } from './usage-record-text.ts';

const AFTER = /^([0-9a-f]{32})\/(\d{1,18})$/;
/** What is counted is committed long before. */
const SETTLED_MS = 3_600_000;

const proofQuerySchema = z.object({
  format: z.enum(RECORD_FORMATS).default('csv'),
  until: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      'Epoch ms, an hour ago or more: leaves out what was counted later, so that late usage does not change the file any more.',
    ),
});
const querySchema = proofQuerySchema.extend({
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
    @Inject(UsageRetention) private readonly retention: UsageRetention,
    @Inject(MonthStore) private readonly months: MonthStore,
    @Inject(DocumentSigner) private readonly signer: DocumentSigner,
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
    @Query({ schema: querySchema }) { after, ...query }: z.infer<typeof querySchema>,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const wanted = await this.#enter(caller, { period: text as BillingPeriod, ...query });
    // Of what was counted until then nobody kept a sum.
    if (query.until === undefined) void reply.header('kakunin-record-count', `${await this.reader.count(wanted)}`);
    const behind = after === undefined ? {} : { after: segmentOf(after) };
    return new StreamableFile(Readable.from(this.reader.read({ ...wanted, ...behind })), {
      type: query.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      disposition: `attachment; filename="${nameOf(wanted)}"`,
    });
  }

  /**
   * SHA-256 of that file, signed; of a closed month. NDJSON: `progress` by `progress`, then `result`, as the records are
   * read once more.
   */
  @Get('proof')
  @AllowRoles('finance', 'operator', 'platform_provider')
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ standardSchema: recordProofSchema })
  async proof(
    @Param('period', { schema: periodSchema }) text: string,
    @Query({ schema: proofQuerySchema }) query: z.infer<typeof proofQuerySchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<StreamableFile> {
    const period = text as BillingPeriod;
    const wanted = await this.#enter(caller, { period, ...query }, { proof: true });
    if ((await this.months.read(period)).state !== 'closed')
      throw new ConflictException(`${period} is not closed: what may still change is not signed.`);
    const [name, signer] = [nameOf(wanted), this.signer];
    return streamedResult((report) =>
      recordProofOf({ name, text: this.reader.read(wanted), signer, onBytes: (bytes) => report({ bytes }) }),
    );
  }

  /** Nobody reads usage without leaving a trace. */
  async #enter(caller: Caller, { until, ...about }: Wanted, rest: object = {}): Promise<Wanted> {
    await this.retention.mustBeThere(about.period);
    const now = this.clock.now();
    if (until !== undefined && until > now - SETTLED_MS)
      throw new BadRequestException(
        '`until` must be an hour ago or more: what is being counted may still come before it.',
      );
    const mine = seesEverything(caller) ? {} : { customer: caller.code };
    const wanted = { ...about, ...mine, ...(until !== undefined && { until }) };
    const { period, format } = wanted;
    const subject = { period, format, records: true, ...mine, ...rest };
    const actor = { caller: caller.code, at: now };
    await this.database.transaction((client) => recordAudit(client, actor, { action: 'billing.export', subject }));
    return wanted;
  }
}

type Wanted = Omit<RecordsInput, 'after'>;

const nameOf = ({ period, format }: Wanted): string => `usage-records-${period}.${format}`;

function segmentOf(text: string): { producer: string; sequence: bigint } {
  const [, producer = '', sequence = '0'] = AFTER.exec(text) ?? [];
  return { producer, sequence: BigInt(sequence) };
}
