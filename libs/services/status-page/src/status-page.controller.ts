import { createHash } from 'node:crypto';
import { AllowAnyone } from '@kakunin/callers';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { renderPage } from './page.ts';
import { Sources } from './sources.ts';
import { STYLE } from './style.ts';

/** Only the page's own style sheet may run: whatever found its way into a name cannot do anything. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The public page. */
@AllowAnyone()
@ApiExcludeController()
@Controller()
export class StatusPageController {
  constructor(@Inject(Sources) private readonly sources: Sources) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'public, max-age=1')
  @Header('content-security-policy', POLICY)
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'no-referrer')
  async page(): Promise<string> {
    return renderPage(await this.sources.read());
  }
}
