import { createHash } from 'node:crypto';
import { AllowAnyone } from '@kakunin/callers';
import { Controller, Get, Header, Headers, Inject, NotFoundException, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { StatusPage } from './status-page.ts';
import { STYLE } from './style.ts';

/** Only the page's own style sheet may run: whatever found its way into a name cannot do anything. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The public page, and the test certificates that it offers. */
@AllowAnyone()
@ApiExcludeController()
@Controller()
export class StatusPageController {
  constructor(@Inject(StatusPage) private readonly statusPage: StatusPage) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'public, max-age=1')
  @Header('content-security-policy', POLICY)
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'no-referrer')
  async page(
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const { etag, octets } = await this.statusPage.read();
    void reply.header('etag', etag);
    if (!known?.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)) return octets;
    void reply.code(304);
    return undefined;
  }

  @Get('test-certificates/:file')
  @Header('content-type', 'application/x-pem-file')
  @Header('cache-control', 'public, max-age=60')
  @Header('x-content-type-options', 'nosniff')
  async testCertificate(@Param('file') file: string): Promise<string> {
    const found = await this.statusPage.testCertificate(file);
    if (!found) throw new NotFoundException('There is no such test certificate; the page at / lists them.');
    return found.pem;
  }
}
