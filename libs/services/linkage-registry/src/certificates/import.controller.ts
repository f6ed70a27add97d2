import { Readable } from 'node:stream';
import { authoritySchema } from '@kakunin/certificates';
import { Body, Controller, HttpCode, Inject, Param, Post, Query, UnsupportedMediaTypeException } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { CertificateRegistry } from './certificate-registry.ts';
import { importCertificates, type ImportSummary, importSummarySchema } from './import-certificates.ts';
import { LIST_MEDIA_TYPES } from './list-bodies.ts';

const importQuerySchema = z.object({ format: z.enum(['index.txt', 'csv']) });

/** Takes the list of a CA, of any length. */
@Controller('authorities/:authorityId')
@AllowCall('register_certificates')
export class ImportController {
  constructor(@Inject(CertificateRegistry) private readonly registry: CertificateRegistry) {}

  @Post('certificates/import')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: importSummarySchema })
  @ApiConsumes(...LIST_MEDIA_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  import(
    @Param('authorityId', { schema: authoritySchema.shape.authorityId }) authorityId: string,
    @Query({ schema: importQuerySchema }) { format }: z.output<typeof importQuerySchema>,
    @Body() text: unknown,
  ): Promise<ImportSummary> {
    // What has a parser of its own (JSON, forms) comes parsed; of such a body nothing can be imported.
    if (text !== undefined && !(text instanceof Readable)) {
      throw new UnsupportedMediaTypeException(`A list is sent as ${LIST_MEDIA_TYPES.join(' or ')}.`);
    }
    return importCertificates({ registry: this.registry, authorityId, format, text: text ?? [] });
  }
}
