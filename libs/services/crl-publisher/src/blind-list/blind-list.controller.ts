import { AllowAnyone } from '@kakunin/callers';
import { Controller, Get, Inject, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendRepresentation } from '../serving/send-representation.ts';
import { ServedFiles } from '../serving/served-files.ts';

/** Blind revocation lists; free, as CRLs are. */
@AllowAnyone()
@Controller('blind-list')
export class BlindListController {
  constructor(@Inject(ServedFiles) private readonly files: ServedFiles) {}

  /** A list `<number>.kbl`, a delta `<number>.delta.kbl`, or the signature of one, `….sig`; they never change. */
  @Get(':authorityId/:file')
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ description: 'See docs/reference/blind-list.md; the manifest lists the newest.' })
  async file(
    @Param('authorityId') authorityId: string,
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.files.find(`blind-list/${authorityId}/${file}`);
    if (!found) throw new NotFoundException('No such blind list has been published; /crl/manifest.json lists them.');
    sendRepresentation(request, reply, found);
  }
}
