import { Readable } from 'node:stream';
import type { Clock } from '@kakunin/calendar';
import { AllowAnyone } from '@kakunin/callers';
import type { StoredObject } from '@kakunin/objects';
import { CLOCK } from '@kakunin/runtime';
import { Controller, Get, Inject, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isNotModified } from './conditional-request.ts';
import { PublishedCrls } from './published-crls.ts';

const CRL_FILE = /^([a-z0-9][a-z0-9-]{0,62})\.crl$/;
const NUMBERED_FILE = /^([1-9]\d{0,47})\.crl$/;
/** A URL that never changes its content may be kept for ever (RFC 8246). */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** The manifest is small; a mirror that polls it should see a new CRL soon. */
const BRIEFLY = 'public, max-age=1';

interface Representation {
  readonly contentType: 'application/pkix-crl' | 'application/json';
  readonly content: StoredObject;
  readonly sha256: string;
  /** Epoch milliseconds. */
  readonly lastModified?: number;
  readonly cacheControl: string;
}

/** The free CRLs. Everything comes from the object store, so they stay available while the database is away. */
@AllowAnyone()
@Controller('crl')
export class CrlController {
  constructor(
    @Inject(PublishedCrls) private readonly published: PublishedCrls,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The newest CRL of every authority: number, dates, entries, size, SHA-256. */
  @Get('manifest.json')
  @ApiProduces('application/json')
  @ApiOkResponse({ description: 'See docs/reference/crl.md.' })
  async manifest(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const manifest = await this.published.manifest();
    if (!manifest) throw new NotFoundException('No CRL has been published yet.');
    answer(request, reply, { ...manifest, contentType: 'application/json', cacheControl: BRIEFLY });
  }

  /** The newest CRL of an authority, `<authority id>.crl`, DER. */
  @Get(':file')
  @ApiProduces('application/pkix-crl')
  @ApiOkResponse({ description: 'The complete CRL (RFC 5280).' })
  async newest(@Param('file') file: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    answer(request, reply, await this.#find(CRL_FILE.exec(file)?.[1]));
  }

  /** The CRL of an authority with this number, `<number>.crl`, DER; never changes. */
  @Get(':authorityId/:file')
  @ApiProduces('application/pkix-crl')
  @ApiOkResponse({ description: 'The complete CRL (RFC 5280).' })
  async numbered(
    @Param('authorityId') authorityId: string,
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const isAuthority = CRL_FILE.test(`${authorityId}.crl`);
    const number = NUMBERED_FILE.exec(file)?.[1];
    answer(request, reply, await this.#find(isAuthority && number ? authorityId : undefined, BigInt(number ?? 0)));
  }

  async #find(authorityId: string | undefined, crlNumber?: bigint): Promise<Representation> {
    const crl =
      authorityId === undefined
        ? undefined
        : await (crlNumber === undefined
            ? this.published.newest(authorityId)
            : this.published.numbered(authorityId, crlNumber));
    if (!crl) throw new NotFoundException('No such CRL has been published; /crl/manifest.json lists them.');
    const { sha256, publishedAt, nextPublication } = crl.descriptor;
    const untilNext = Math.max(0, Math.floor((nextPublication - this.clock.now()) / 1_000));
    return {
      contentType: 'application/pkix-crl',
      content: crl.content,
      sha256,
      lastModified: publishedAt,
      cacheControl: crlNumber === undefined ? `public, max-age=${untilNext}` : FOR_EVER,
    };
  }
}

/** Fastify answers HEAD through the GET route and drains the body: there is none to drain then. */
function answer(request: FastifyRequest, reply: FastifyReply, found: Representation): void {
  const etag = `"${found.sha256}"`;
  const { lastModified } = found;
  void reply.header('etag', etag).header('cache-control', found.cacheControl);
  if (lastModified !== undefined) void reply.header('last-modified', new Date(lastModified).toUTCString());
  if (isNotModified(request.headers, { etag, lastModified: lastModified ?? Infinity })) {
    void reply.code(304).send();
    return;
  }
  const chunks = request.method === 'HEAD' ? [] : found.content.read();
  void reply
    .type(found.contentType)
    .header('content-length', found.content.bytes)
    .header('x-content-type-options', 'nosniff')
    .send(Readable.from(chunks));
}
