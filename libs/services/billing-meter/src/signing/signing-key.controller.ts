import { AllowAnyone } from '@kakunin/callers';
import { DocumentSigner } from '@kakunin/signing-keys';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';

@Controller('signing-key')
export class SigningKeyController {
  constructor(@Inject(DocumentSigner) private readonly signer: DocumentSigner) {}

  /** The public key (PEM, Ed25519) that every detached signature of this service is checked with. */
  @Get()
  @AllowAnyone()
  @Header('content-type', 'application/x-pem-file')
  @ApiProduces('application/x-pem-file')
  @ApiOkResponse({ description: 'SubjectPublicKeyInfo in PEM.', schema: { type: 'string' } })
  publicKey(): string {
    return this.signer.publicKeyPem;
  }
}
