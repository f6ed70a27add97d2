import type { Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { DocumentSigner } from '@kakunin/signing-keys';
import { type ElectronicAddress, parseElectronicAddress } from '@kakunin/statement-documents';
import { Controller, Get, Headers, Inject, NotFoundException, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { periodSchema } from '../api/period.ts';
import type { StatementKey } from '../statements/statement-store.ts';
import { noStatement } from '../statements/statements.controller.ts';
import { seesEverything } from '../visibility.ts';
import { type IssuedDocument, IssuedDocuments } from './issued-documents.ts';
import { COMPANIONS, CREDIT_NOTE_FORMATS, type Rendition, renditionOf, STATEMENT_FORMATS } from './rendition.ts';

const nameSchema = (formats: object) =>
  z.enum(Object.keys(formats).flatMap((name) => COMPANIONS.map((end) => name + end)));
const statementDocumentSchema = nameSchema(STATEMENT_FORMATS).describe('A document, its `.sha256`, or its `.sig`.');
const creditNoteDocumentSchema = nameSchema(CREDIT_NOTE_FORMATS).describe('A document, its `.sha256`, or its `.sig`.');
const keySchema = z.object({ period: periodSchema, customer: relyingPartyCodeSchema });
const statementParamsSchema = keySchema.extend({ document: statementDocumentSchema });
const creditNoteParamsSchema = keySchema.extend({
  number: z
    .string()
    .regex(/^[0-9A-Za-z-]{1,40}$/)
    .describe('Number of the credit note.'),
  document: creditNoteDocumentSchema,
});
const querySchema = z.object({
  buyer: z
    .string()
    .refine(
      (text) => parseElectronicAddress(text) !== undefined,
      'An EAS scheme and an identifier, such as 0188:7000012050002.',
    )
    .optional()
    .describe('For `.xml`: where the buyer is reached in the Peppol network. JP PINT asks for it (ibr-080).'),
});
type Query = z.infer<typeof querySchema>;

/** What finance and its customers keep: invoices and credit notes as PDF, UBL, JSON and CSV, with hash and signature. */
@Controller('statements/:period/:customer')
@AllowRoles('finance', 'operator', 'platform_provider')
@ApiProduces(
  'application/pdf',
  'application/xml',
  'application/json',
  'text/csv',
  'text/plain',
  'application/octet-stream',
)
@ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
export class DocumentsController {
  constructor(
    @Inject(IssuedDocuments) private readonly issued: IssuedDocuments,
    @Inject(DocumentSigner) private readonly signer: DocumentSigner,
    @Inject(AdministrationDatabase) private readonly database: AdministrationDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The same octets for ever. `ETag` and `Repr-Digest` are their SHA-256. */
  @Get(':document')
  async statement(
    @Param({ schema: statementParamsSchema }) { document, ...key }: z.infer<typeof statementParamsSchema>,
    @Query({ schema: querySchema }) query: Query,
    @Headers('if-none-match') known: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    await this.#enter(caller, { ...key, document });
    const issued = await this.issued.statement(key);
    return answer({
      reply,
      known,
      document,
      rendition: await this.#render(issued, STATEMENT_FORMATS, document, query),
    });
  }

  /** As for statements. In UBL a credit note is an invoice below zero: JP PINT knows no other. */
  @Get('credit-notes/:number/:document')
  async creditNote(
    @Param({ schema: creditNoteParamsSchema }) { number, document, ...key }: z.infer<typeof creditNoteParamsSchema>,
    @Query({ schema: querySchema }) query: Query,
    @Headers('if-none-match') known: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    await this.#enter(caller, { ...key, creditNote: number, document });
    const issued = await this.issued.creditNote(key, number);
    return answer({
      reply,
      known,
      document,
      rendition: await this.#render(issued, CREDIT_NOTE_FORMATS, document, query),
    });
  }

  /** Nobody reads money without leaving a trace, and nobody learns whether others have a statement. */
  async #enter(caller: Caller, subject: Subject): Promise<void> {
    if (!seesEverything(caller) && subject.customer !== caller.code) throw noStatement();
    const actor = { caller: caller.code, at: this.clock.now() };
    await this.database.transaction((client) =>
      recordAudit(client, actor, { action: 'billing.export', subject: { ...subject } }),
    );
  }

  #render(
    issued: IssuedDocument | undefined,
    formats: typeof STATEMENT_FORMATS | typeof CREDIT_NOTE_FORMATS,
    document: string,
    { buyer }: Query,
  ): Promise<Rendition> {
    if (!issued) throw noStatement();
    const companion = COMPANIONS.findLast((end) => document.endsWith(end)) ?? '';
    const name = document.slice(0, document.length - companion.length);
    const format = new Map(Object.entries(formats)).get(name);
    if (!format) throw new NotFoundException('There is no such document.');
    const address = buyer === undefined ? undefined : (parseElectronicAddress(buyer) as ElectronicAddress);
    return renditionOf({ issued, name, format, companion, ...(address && { buyer: address }), signer: this.signer });
  }
}

interface Subject extends StatementKey {
  readonly document: string;
  readonly creditNote?: string;
}

interface AnswerInput {
  readonly reply: FastifyReply;
  /** `If-None-Match`. */
  readonly known: string | undefined;
  readonly document: string;
  readonly rendition: Rendition;
}

function answer({ reply, known, document, rendition: { type, octets, sha256 } }: AnswerInput): Buffer | undefined {
  const etag = `"${sha256.toString('hex')}"`;
  void reply.headers({
    etag,
    'cache-control': 'private, no-cache',
    // RFC 9530.
    'repr-digest': `sha-256=:${sha256.toString('base64')}:`,
  });
  if (known?.split(/\s*,\s*/).includes(etag)) {
    void reply.status(304);
    return undefined;
  }
  void reply.headers({ 'content-type': type, 'content-disposition': `attachment; filename="${document}"` });
  return octets;
}
