import { AllowAnyone } from '@kakunin/callers';
import { evidenceKeyId } from '@kakunin/linkage';
import { formatVerifierKey } from '@kakunin/usage-ledger';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AUDIT_LOG_NAME } from '../audit/audit-heads.ts';
import { PPID_MAP_NAME } from '../sectors/ppid-maps.ts';
import { RegistryKeys } from './registry-keys.ts';

const keysSchema = z.object({
  evidence: z.object({
    keyId: z.string().describe('`kid` of the evidence that it verifies.'),
    publicKey: z.string().describe('Ed25519, SubjectPublicKeyInfo in PEM.'),
  }),
  auditHead: z.string().describe('Verifier key (C2SP signed-note) of the heads of the audit log.'),
  ppidMap: z.string().describe('Verifier key (C2SP signed-note) of maps from old ppids to new ones.'),
});

/** By which keys anybody verifies what the registry vouches for. */
@Controller('signing-keys')
export class RegistryKeysController {
  constructor(@Inject(RegistryKeys) private readonly keys: RegistryKeys) {}

  @Get()
  @AllowAnyone()
  @ApiOkResponse({ standardSchema: keysSchema })
  async read(): Promise<z.output<typeof keysSchema>> {
    const [evidence, head, map] = await Promise.all([
      this.keys.keyFor('evidence'),
      this.keys.keyFor('audit-head'),
      this.keys.keyFor('ppid-map'),
    ]);
    const publicKey = evidence.publicKey.export({ format: 'pem', type: 'spki' }).toString();
    return {
      evidence: { keyId: evidenceKeyId(evidence.publicKey), publicKey },
      auditHead: formatVerifierKey(AUDIT_LOG_NAME, head.publicKey),
      ppidMap: formatVerifierKey(PPID_MAP_NAME, map.publicKey),
    };
  }
}
