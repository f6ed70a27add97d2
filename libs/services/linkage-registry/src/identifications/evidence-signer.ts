import { evidenceKeyId, signEvidence } from '@kakunin/linkage';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryKeys } from '../signing/registry-keys.ts';
import type { Identification } from './identification.ts';
import type { Examined } from './examination.ts';

/** Who says so, in evidence. */
export const EVIDENCE_ISSUER = 'kakunin-registry';

export interface Said {
  readonly examined: Examined;
  readonly said: Omit<Identification, 'evidence'>;
  readonly auditHash: Uint8Array;
}

/** Signs what the registry has said, for the service provider to keep. */
@Injectable()
export class EvidenceSigner {
  #key: Parameters<typeof signEvidence>[1] | undefined;

  constructor(@Inject(RegistryKeys) private readonly keys: RegistryKeys) {}

  async sign({ examined: { request, now, proofHash }, said, auditHash }: Said): Promise<string> {
    const key = (this.#key ??= await this.#read());
    const { ppid, status, since, succeeded } = said;
    return signEvidence(
      {
        iss: EVIDENCE_ISSUER,
        aud: request.serviceProvider,
        azp: request.platformProvider,
        sub: ppid,
        iat: Math.floor(now / 1000),
        purpose: request.purpose,
        proof: request.proof.kind,
        proofHash: Buffer.from(proofHash).toString('base64url'),
        status,
        ...(since !== undefined && { since }),
        succeeded,
        auditHash: Buffer.from(auditHash).toString('base64url'),
      },
      key,
    );
  }

  async #read() {
    const { privateKey, publicKey } = await this.keys.keyFor('evidence');
    return { keyId: evidenceKeyId(publicKey), privateKey };
  }
}
