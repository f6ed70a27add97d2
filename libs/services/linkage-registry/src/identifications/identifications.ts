import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '@kakunin/calendar';
import { isHeld } from '@kakunin/certificates';
import {
  type Challenge,
  CHALLENGE_OCTETS,
  challengeFits,
  derivePpid,
  identificationMessage,
  LinkageError,
  type Ppid,
  verifyProof,
} from '@kakunin/linkage';
import { CLOCK, CONFIG } from '@kakunin/runtime';
import { type Certificate, isIssuedBy, isWithinValidity } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import { AuthorityStore } from '../authorities/authority.store.ts';
import type { LinkageRegistryConfig } from '../config.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { ChallengeStore } from './challenge.store.ts';
import { IdentificationStore, type LinkedCertificate } from './identification.store.ts';

export interface IdentificationRequest {
  readonly platformProvider: string;
  readonly serviceProvider: string;
  readonly certificate: Certificate;
  readonly challengeId: string;
  readonly signature: Uint8Array;
}

/** Who it is, in the service provider's own name for the person, and how the certificate stands. */
export interface Identification {
  readonly ppid: Ppid;
  readonly status: 'good' | 'revoked' | 'held';
  /** Since when the status holds, epoch milliseconds. */
  readonly since: number;
  /** True when a newer certificate has taken the place of this one. */
  readonly succeeded: boolean;
}

/** Names persons to service providers, against a proof that the person's key is at hand. */
@Injectable()
export class Identifications {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(AuthorityStore) private readonly authorities: AuthorityStore,
    @Inject(ChallengeStore) private readonly challenges: ChallengeStore,
    @Inject(IdentificationStore) private readonly store: IdentificationStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<LinkageRegistryConfig, 'challengeLifetimeSeconds'>,
  ) {}

  async challenge(platformProvider: string, serviceProvider: string): Promise<Challenge> {
    const now = this.clock.now();
    const expiresAt = now + this.config.challengeLifetimeSeconds * 1000;
    const challenge = randomBytes(CHALLENGE_OCTETS);
    const made = { challengeId: randomUUID(), challenge, platformProvider, serviceProvider, expiresAt };
    await this.challenges.insert(made, now);
    return made;
  }

  /**
   * Whatever is missing (the person, the right of the service provider, the authority, the proof), the refusal and the
   * work before it are the same: nobody learns from it whether a certificate is known.
   * @throws LinkageError `challenge_unusable` | `not_identifiable`
   */
  async identify(request: IdentificationRequest): Promise<Identification> {
    const { platformProvider, serviceProvider, certificate } = request;
    const proven = await this.#isProven(request);
    const linked = await this.#findLinked(certificate);
    const sectorKey = await this.store.findSectorKey(serviceProvider, platformProvider);
    const decoy = this.store.decoyKeys();
    const ppid = derivePpid(sectorKey ?? decoy.sectorKey, linked?.personKey ?? decoy.personKey);
    const at = this.clock.now();
    const identified = proven && linked && sectorKey && isWithinValidity(certificate, at) ? linked : undefined;
    await this.store.record({ at, platformProvider, serviceProvider, certificateId: identified?.certificateId });
    if (!identified) {
      throw new LinkageError(
        'not_identifiable',
        'No person can be named: the certificate, its proof or the service provider is not entitled to one here.',
      );
    }
    const { status, statusSince: since, succeeded } = identified;
    return { ppid, status: isHeld(status) ? 'held' : status.status, since, succeeded };
  }

  async #isProven({ challengeId, platformProvider, serviceProvider, certificate, signature }: IdentificationRequest) {
    const challenge = await this.challenges.take(challengeId, platformProvider);
    if (!challenge || !challengeFits(challenge, { platformProvider, serviceProvider, now: this.clock.now() })) {
      throw new LinkageError(
        'challenge_unusable',
        'The challenge is unknown, used, expired or made for others: ask for a new one.',
      );
    }
    return verifyProof({ publicKey: certificate.publicKey, message: identificationMessage(challenge), signature });
  }

  /** The certificate as registered, when an authority's signature vouches for it. */
  async #findLinked(certificate: Certificate): Promise<LinkedCertificate | undefined> {
    const authorities = await this.authorities.all(this.database);
    const issuer = authorities.find((each) => isIssuedBy(certificate, this.authorities.certificateOf(each)));
    return this.store.findCertificate(issuer?.authorityId ?? '', certificate);
  }
}
