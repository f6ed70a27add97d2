import { AllowAnyone } from '@kakunin/callers';
import { Controller, Get, Inject, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendRepresentation } from './send-representation.ts';
import { type AskedCrl, ServedCrls } from './served-crls.ts';

const AUTHORITY = /^[a-z0-9][a-z0-9-]{0,62}$/;
const NEWEST_FILE = /^([a-z0-9][a-z0-9-]{0,62})\.(crl|pem)$/;
const NUMBERED_FILE = /^([1-9]\d{0,47})\.(crl|pem)$/;

type Asked = Omit<AskedCrl, 'acceptEncoding'>;

/** The free CRLs. Everything comes from the object store, so they stay available while the database is away. */
@AllowAnyone()
@Controller('crl')
export class CrlController {
  constructor(@Inject(ServedCrls) private readonly served: ServedCrls) {}

  /** The newest CRL of every authority: number, dates, entries, size, SHA-256. */
  @Get('manifest.json')
  @ApiProduces('application/json')
  @ApiOkResponse({ description: 'See docs/reference/crl.md.' })
  async manifest(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const manifest = await this.served.manifest();
    if (!manifest) throw new NotFoundException('No CRL has been published yet.');
    sendRepresentation(request, reply, manifest);
  }

  /** The newest CRL of an authority: `<authority id>.crl` in DER, `<authority id>.pem` as text. */
  @Get(':file')
  @ApiProduces('application/pkix-crl', 'application/x-pem-file')
  @ApiOkResponse({ description: 'The complete CRL (RFC 5280).' })
  async newest(@Param('file') file: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [, authorityId, form] = NEWEST_FILE.exec(file) ?? [];
    await this.#send(authorityId ? { authorityId, form: formOf(form) } : undefined, request, reply);
  }

  /** The CRL of an authority with this number, `<number>.crl` in DER or `<number>.pem` as text; never changes. */
  @Get(':authorityId/:file')
  @ApiProduces('application/pkix-crl', 'application/x-pem-file')
  @ApiOkResponse({ description: 'The complete CRL (RFC 5280).' })
  async numbered(
    @Param('authorityId') authorityId: string,
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [, crlNumber, form] = NUMBERED_FILE.exec(file) ?? [];
    const isAsked = crlNumber !== undefined && AUTHORITY.test(authorityId);
    const asked = isAsked ? { authorityId, crlNumber: BigInt(crlNumber), form: formOf(form) } : undefined;
    await this.#send(asked, request, reply);
  }

  async #send(asked: Asked | undefined, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { 'accept-encoding': accepted } = request.headers;
    const acceptEncoding = Array.isArray(accepted) ? accepted.join() : accepted;
    const found = asked && (await this.served.find({ ...asked, acceptEncoding }));
    if (!found) throw new NotFoundException('No such CRL has been published; /crl/manifest.json lists them.');
    sendRepresentation(request, reply, found);
  }
}

const formOf = (extension: string | undefined): 'crl' | 'pem' => (extension === 'pem' ? 'pem' : 'crl');
