import { AllowAnyone } from '@kakunin/callers';
import { Controller, Get, Inject, NotFoundException, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readCrlPath } from './crl-path.ts';
import { sendRepresentation } from './send-representation.ts';
import { ServedCrls } from './served-crls.ts';
import { ServedFiles } from './served-files.ts';

const PREFIX = '/crl/';

/** The free CRLs. Everything comes from the object store, so they stay available while the database is away. */
@AllowAnyone()
@Controller('crl')
export class CrlController {
  constructor(
    @Inject(ServedCrls) private readonly served: ServedCrls,
    @Inject(ServedFiles) private readonly files: ServedFiles,
  ) {}

  /** The newest CRL of every authority: number, dates, entries, size, SHA-256. */
  @Get('manifest.json')
  @ApiProduces('application/json')
  @ApiOkResponse({ description: 'See docs/reference/crl.md.' })
  async manifest(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const manifest = await this.served.manifest();
    if (!manifest) throw new NotFoundException('No CRL has been published yet.');
    sendRepresentation(request, reply, manifest);
  }

  /**
   * The CRL of an authority, `<authority id>.crl`, or of one partition, `<authority id>/partitions/<label>.crl`: the newest, or
   * by its number (`…/<number>.crl`, which never changes), and its delta (`…/delta.crl`, `…/<number>.delta.crl`). `.crl` is
   * DER, `.pem` text.
   */
  @Get([':file', ':authorityId/:file', ':authorityId/partitions/:file', ':authorityId/partitions/:label/:file'])
  @ApiProduces('application/pkix-crl', 'application/x-pem-file')
  @ApiOkResponse({ description: 'The CRL (RFC 5280).' })
  async crl(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { 'accept-encoding': accepted, 'available-dictionary': dictionary } = request.headers;
    const acceptEncoding = Array.isArray(accepted) ? accepted.join() : accepted;
    const availableDictionary = dictionary?.toString();
    const url = request.url.replace(/\?.*$/, '');
    const path = readCrlPath(url.slice(PREFIX.length));
    const found = await (path
      ? this.served.find({ ...path, acceptEncoding, availableDictionary })
      : this.files.find(url.slice(1)));
    if (!found) throw new NotFoundException('No such CRL has been published; /crl/manifest.json lists them.');
    sendRepresentation(request, reply, found);
  }
}
