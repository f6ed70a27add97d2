import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { authoritySchema, carrierSchema, CertificatesError, partitionSchema } from '@kakunin/certificates';
import { LOGGER } from '@kakunin/runtime';
import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  StreamableFile,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { Logger } from 'pino';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { type ImportSummary, importSummarySchema, linesOf, summaryOf } from './import-answers.ts';
import { type ImportState, ImportStore } from './import.store.ts';
import { Imports, LIST_FORMATS } from './imports.ts';
import { LIST_MEDIA_TYPES } from './list-bodies.ts';
import { importAnswerSchema } from './run-import.ts';

const LINES = 'application/x-ndjson';
const importIdSchema = z.string().regex(/^[A-Za-z0-9._:-]{1,80}$/);
const importQuerySchema = z.object({
  format: z.enum(LIST_FORMATS),
  importId: importIdSchema
    .optional()
    .describe('Chosen by the sender: the list, sent again, goes on where it was interrupted. A CRL has its SHA-256.'),
  carrier: carrierSchema.optional().describe('Of certificates: what all of them lie on.'),
  partition: partitionSchema.optional().describe('Of certificates: the part of the CRL that lists all of them.'),
});
const authorityIdSchema = authoritySchema.shape.authorityId;

const stateSchema = z.object({
  format: z.enum(LIST_FORMATS),
  line: z.int().describe('The last line, entry or certificate that was dealt with.'),
  imported: z.int(),
  unchanged: z.int(),
  rejected: z.int(),
  begunAt: z.int(),
  completedAt: z.int().nullable(),
});

/** Takes the list of a CA, of any length. */
@Controller('authorities/:authorityId')
@AllowCall('register_certificates')
export class ImportsController {
  constructor(
    @Inject(Imports) private readonly imports: Imports,
    @Inject(ImportStore) private readonly store: ImportStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Who accepts `application/x-ndjson` is answered while the list is taken: rejected lines, progress, the summary. */
  @Post('certificates/import')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: z.union([importSummarySchema, importAnswerSchema]) })
  @ApiConsumes(...LIST_MEDIA_TYPES)
  @ApiProduces('application/json', LINES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  async import(
    @Param('authorityId', { schema: authorityIdSchema }) authorityId: string,
    @Query({ schema: importQuerySchema }) query: z.output<typeof importQuerySchema>,
    @Headers() { accept }: IncomingHttpHeaders,
    @Body() body: unknown,
  ): Promise<ImportSummary | StreamableFile> {
    // What has a parser of its own (JSON, forms) comes parsed; of such a body nothing can be imported.
    if (body !== undefined && !(body instanceof Readable)) {
      throw new UnsupportedMediaTypeException(`A list is sent as ${LIST_MEDIA_TYPES.join(' or ')}.`);
    }
    const answers = this.imports.take({ ...query, authorityId, octets: body ?? Readable.from([]) });
    if (!accept?.includes(LINES)) return summaryOf(answers);
    // What is wrong with the list is its sender's to mend.
    const onFault = (error: unknown): void =>
      this.logger[error instanceof CertificatesError ? 'info' : 'warn'](
        { err: error },
        'a list was not taken to its end',
      );
    return new StreamableFile(await linesOf(answers, onFault), { type: LINES });
  }

  /** How far a list was taken. */
  @Get('imports/:importId')
  @ApiOkResponse({ standardSchema: stateSchema })
  find(
    @Param('authorityId', { schema: authorityIdSchema }) authorityId: string,
    @Param('importId', { schema: importIdSchema }) importId: string,
  ): Promise<ImportState> {
    return this.store.find({ authorityId, importId });
  }
}
