import { Readable } from 'node:stream';
import { AllowNamedCall, CurrentCaller } from '@kakunin/callers';
import type { Clock } from '@kakunin/calendar';
import { authoritySchema, partitionSchema } from '@kakunin/certificates';
import { zipOf, zipSize } from '@kakunin/evidence';
import type { CrlDescriptor } from '@kakunin/publication';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK, type Logger, LOGGER } from '@kakunin/runtime';
import { StatusFeed } from '@kakunin/status-feed';
import { parseCertificate } from '@kakunin/x509';
import { Body, Controller, Get, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ArchiveAudit } from '../archive/archive-audit.ts';
import { EvidenceBundles } from './evidence-bundles.ts';
import { EvidenceRefusal } from './evidence-refusal.ts';
import { PastStatuses } from './past-status.ts';

const { authorityId } = authoritySchema.shape;
const instant = z.iso.datetime({ offset: true }).describe('RFC 3339, with its zone.');
const questionSchema = z.object({
  certificate: z.base64().max(100_000).describe('DER of the certificate.'),
  at: instant,
  authority: authorityId.optional().describe('Left out: the authority that issued it.'),
});
const inForceSchema = z.object({ authority: authorityId, at: instant, partition: partitionSchema.optional() });
const auditSchema = z.object({ authority: authorityId });

/** Evidence of the past. What names a certificate comes in a body: addresses end up in logs. */
@Controller('evidence')
export class EvidenceController {
  constructor(
    @Inject(EvidenceBundles) private readonly bundles: EvidenceBundles,
    @Inject(PastStatuses) private readonly statuses: PastStatuses,
    @Inject(ArchiveAudit) private readonly audit: ArchiveAudit,
    @Inject(StatusFeed) private readonly feed: StatusFeed,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** What was public about a certificate at a moment: CRL, OCSP answer, chain, timestamps, and how to verify them. */
  @Post()
  @HttpCode(200)
  @AllowNamedCall('ask_evidence')
  @ApiProduces('application/zip')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' }, description: 'See docs/reference/evidence.md.' })
  async bundle(
    @Body({ schema: questionSchema }) question: z.infer<typeof questionSchema>,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.requireStatus();
    const files = await this.bundles.files({
      certificate: Buffer.from(question.certificate, 'base64'),
      at: Date.parse(question.at),
      authorityId: question.authority,
    });
    this.logger.info({ caller: caller.code }, 'evidence was given');
    void reply
      .type('application/zip')
      .header('content-length', zipSize(files))
      .header('content-disposition', 'attachment; filename="evidence.zip"')
      .send(Readable.from(zipOf(files)));
  }

  /** The CRLs that were in force at a moment. */
  @Get()
  @AllowNamedCall('ask_evidence')
  @ApiOkResponse({
    description: 'The complete CRL and, where one said more, the delta; see docs/reference/evidence.md.',
  })
  async inForce(@Query({ schema: inForceSchema }) { authority, at, partition }: z.infer<typeof inForceSchema>) {
    this.requireStatus();
    if (!this.feed.get(authority)) throw new EvidenceRefusal('authority_unknown');
    if (Date.parse(at) > this.clock.now()) throw new EvidenceRefusal('moment_in_future');
    const { complete, delta } = await this.statuses.inForce({ authorityId: authority, partition }, Date.parse(at));
    return { complete: describe(complete.descriptor), ...(delta && { delta: describe(delta.descriptor) }) };
  }

  /** Re-reads the archive of an authority; a line of JSON for each finding, and a summary as the last. */
  @Get('audit')
  @AllowNamedCall('audit_archive')
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ description: 'See docs/reference/evidence.md.' })
  runAudit(@Query({ schema: auditSchema }) query: z.infer<typeof auditSchema>, @Res() reply: FastifyReply): void {
    this.requireStatus();
    const status = this.feed.get(query.authority);
    if (!status) throw new EvidenceRefusal('authority_unknown');
    const certificate = parseCertificate(Buffer.from(status.authority.certificate, 'base64'));
    const lines = async function* (audit: ArchiveAudit): AsyncGenerator<string> {
      for await (const line of audit.run(query.authority, certificate)) yield `${JSON.stringify(line)}\n`;
    };
    void reply.type('application/x-ndjson').send(Readable.from(lines(this.audit)));
  }

  /** @throws EvidenceRefusal `not_ready` while an authority or a certificate may be unknown for not having been read */
  private requireStatus(): void {
    if (!this.feed.isComplete) throw new EvidenceRefusal('not_ready');
  }
}

const describe = (crl: CrlDescriptor) => ({
  crlNumber: crl.crlNumber.toString(),
  partition: crl.partition,
  thisUpdate: new Date(crl.thisUpdate).toISOString(),
  nextUpdate: new Date(crl.nextUpdate).toISOString(),
  publishedAt: new Date(crl.publishedAt).toISOString(),
  entries: crl.entries,
  bytes: crl.bytes,
  sha256: crl.sha256,
  url: crl.immutableUrl,
});
