import type { Clock } from '@kakunin/calendar';
import type { ChallengeUse } from '@kakunin/linkage';
import { CLOCK } from '@kakunin/runtime';
import { isWithinValidity } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import { Vault } from '../keys/vault.ts';
import { Challenges, type SignedChallenge } from './challenges.ts';
import { type IdentificationFacts, readFacts } from './identification.store.ts';
import { type Issuer, Issuers } from './issuers.ts';

/** What a signature showed. */
export interface Shown extends IdentificationFacts {
  readonly issuer: Issuer | undefined;
  /** True when the holder of a certificate that is within its validity signed, where the caller may ask. */
  readonly proven: boolean;
}

/** Proofs that a person has the key of a certificate, other than for a name. */
@Injectable()
export class Possession {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Issuers) private readonly issuers: Issuers,
    @Inject(Challenges) private readonly challenges: Challenges,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The same steps for whatever is shown. */
  async show(use: ChallengeUse, signed: SignedChallenge): Promise<Shown> {
    const { platformProvider: caller, serviceProvider, certificate } = signed;
    const isSigned = await this.challenges.isSigned(use, signed);
    const issuer = await this.issuers.of(certificate);
    const authorityId = issuer?.authority.authorityId ?? '';
    const question = { caller, serviceProvider, challengeId: undefined, authorityId, certificate };
    const facts = await readFacts(this.database, this.vault, question);
    const valid = issuer !== undefined && isWithinValidity(certificate, this.clock.now());
    return { ...facts, issuer, proven: isSigned && valid && facts.standsBehind };
  }
}
