import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '@kakunin/calendar';
import {
  type Challenge,
  CHALLENGE_OCTETS,
  challengeFits,
  challengeMessage,
  type ChallengeUse,
  verifyProof,
} from '@kakunin/linkage';
import { CLOCK, CONFIG } from '@kakunin/runtime';
import type { Certificate } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import type { LinkageRegistryConfig } from '../config.ts';
import { CallerWatch } from '../probing/caller-watch.ts';
import { ChallengeStore } from './challenge.store.ts';

/** A signature by the key of a certificate, over the message of a challenge. */
export interface SignedChallenge {
  readonly platformProvider: string;
  readonly serviceProvider: string;
  readonly certificate: Certificate;
  readonly challengeId: string;
  readonly signature: Uint8Array;
}

/** What persons sign, each once and soon. */
@Injectable()
export class Challenges {
  constructor(
    @Inject(ChallengeStore) private readonly store: ChallengeStore,
    @Inject(CallerWatch) private readonly watch: CallerWatch,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<LinkageRegistryConfig, 'challengeLifetimeSeconds'>,
  ) {}

  /** @throws RegistryError `calls_exhausted` */
  async make(platformProvider: string, serviceProvider: string): Promise<Challenge> {
    await this.watch.admitChallenge(platformProvider);
    const now = this.clock.now();
    const expiresAt = now + this.config.challengeLifetimeSeconds * 1000;
    const challenge = randomBytes(CHALLENGE_OCTETS);
    const made = { challengeId: randomUUID(), challenge, platformProvider, serviceProvider, expiresAt };
    await this.store.insert(made, now);
    return made;
  }

  /** Takes the challenge, whatever comes of it. @returns whether the key of the certificate signed it, for this use */
  async isSigned(use: ChallengeUse, signed: SignedChallenge): Promise<boolean> {
    const { platformProvider, serviceProvider, certificate, challengeId, signature } = signed;
    const challenge = await this.store.take(challengeId, platformProvider);
    if (!challenge || !challengeFits(challenge, { platformProvider, serviceProvider, now: this.clock.now() })) {
      return false;
    }
    return verifyProof({ publicKey: certificate.publicKey, message: challengeMessage(use, challenge), signature });
  }
}
