import { createHash, randomBytes } from 'node:crypto';
import { viewingKeyOf } from '@kakunin/audit';
import type { Clock } from '@kakunin/calendar';
import {
  CHALLENGE_OCTETS,
  checkNonce,
  identificationMessage,
  KEY_OCTETS,
  type PersonKey,
  personKeyOf,
  verifyProof,
} from '@kakunin/linkage';
import { CLOCK, CONFIG } from '@kakunin/runtime';
import { isWithinValidity } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import type { LinkageRegistryConfig } from '../config.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { Vault } from '../keys/vault.ts';
import { openPersonKey } from '../persons/person-keys.ts';
import { type SectorNow, OpenedSectors } from '../sectors/opened-sectors.ts';
import type { Attempt, ProofUse } from './attempt.ts';
import { CLOCK_SKEW, verifyCheck } from './check-proof.ts';
import type { IdentificationRequest } from './identification.ts';
import { admits, DEFAULT_POLICY } from './identification-policy.ts';
import { type IdentificationFacts, type LinkedCertificate, readFacts } from './identification.store.ts';
import { type Issuer, Issuers } from './issuers.ts';
import { isGood } from './status-said.ts';

/** A request, and all that it is decided by. */
export interface Examined extends IdentificationFacts {
  readonly request: IdentificationRequest;
  readonly issuer: Issuer | undefined;
  readonly sector: SectorNow | undefined;
  readonly now: number;
  /** What binds the answer to the proof: SHA-256 of what was signed, or the nonce of the check. */
  readonly proofHash: Uint8Array;
}

/** Stands for a person or a sector that nobody knows, so that it costs the same work. */
const NOBODY = 'nobody';

/** Looks at requests: the same steps for each, whatever is missing, and nothing is written. */
@Injectable()
export class Examination {
  #nobody: Buffer | undefined;

  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Issuers) private readonly issuers: Issuers,
    @Inject(OpenedSectors) private readonly sectors: OpenedSectors,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<LinkageRegistryConfig, 'checkLifetimeSeconds'>,
  ) {}

  async examine(request: IdentificationRequest): Promise<Examined> {
    const { platformProvider: caller, serviceProvider, certificate, proof } = request;
    const now = this.clock.now();
    const issuer = await this.issuers.of(certificate);
    const challengeId = proof.kind === 'possession' ? proof.challengeId : undefined;
    const authorityId = issuer?.authority.authorityId ?? '';
    const question = { caller, serviceProvider, certificate, challengeId, authorityId };
    const facts = await readFacts(this.database, this.vault, question);
    const sector = await this.sectors.keysNow(this.database, serviceProvider, now);
    if (!sector) this.#openNobody();
    const proofHash = hashOf(request, facts);
    return { ...facts, request, issuer, sector, now, proofHash };
  }

  /** What is to be written of it. A proof is verified also when nothing can come of it. */
  attempt(examined: Examined): Attempt {
    const { request, linked, now } = examined;
    const { platformProvider: caller, serviceProvider, purpose, action } = request;
    const proven = this.#isProven(examined);
    // Opened of whoever it is, allowed or not; holders see who tried in vain as well.
    const viewingKey = viewingKeyOf(this.#personKeyOf(linked));
    const { certificateId, person } = linked ?? {};
    const mayBeNamed = proven && linked && mayName(examined, linked);
    return {
      at: now,
      use: this.#useOf(examined),
      naming: mayBeNamed ? { certificateId: certificateId!, person: person!, serviceProvider } : undefined,
      note: {
        at: now,
        caller,
        onBehalfOf: serviceProvider,
        action,
        purpose,
        outcome: 'refused',
        viewingKey,
      },
    };
  }

  #isProven({ request, challenged, issuer, now }: Examined): boolean {
    const { platformProvider, serviceProvider, certificate, proof } = request;
    if (proof.kind === 'check') {
      const maximumAge = this.config.checkLifetimeSeconds * 1000;
      const asked = { certificate, platformProvider, serviceProvider, now, maximumAge };
      return issuer !== undefined && verifyCheck(proof, { ...asked, authority: issuer.certificate });
    }
    const { signature } = proof;
    const message = messageOf(request, challenged);
    const signed = verifyProof({ publicKey: certificate.publicKey, message, signature });
    return signed && challenged?.serviceProvider === serviceProvider && now < challenged.expiresAt;
  }

  #useOf({ request: { proof }, challenged, now, proofHash }: Examined): ProofUse {
    if (proof.kind === 'possession') return { kind: 'possession', challengeId: challenged && proof.challengeId };
    return { kind: 'check', nonce: proofHash, expiresAt: now + this.config.checkLifetimeSeconds * 1000 + CLOCK_SKEW };
  }

  #personKeyOf(linked: LinkedCertificate | undefined): PersonKey {
    const person = linked?.person;
    if (!person?.person_key_sealed) return personKeyOf(this.#openNobody());
    const { holder_index, person_key_sealed } = person;
    return openPersonKey(this.vault, { holder_index, person_key_sealed });
  }

  #openNobody(): Buffer {
    if (this.#nobody?.readUInt32BE() !== this.vault.currentDataKey) {
      this.#nobody = this.vault.seal(NOBODY, randomBytes(KEY_OCTETS));
    }
    return this.vault.open(NOBODY, this.#nobody);
  }
}

/** What was to be signed; without a challenge, something else of the same length. */
const messageOf = (
  { platformProvider, serviceProvider }: IdentificationRequest,
  challenged: IdentificationFacts['challenged'],
): Uint8Array => {
  const challenge = challenged?.challenge ?? Buffer.alloc(CHALLENGE_OCTETS);
  return identificationMessage({ challenge, platformProvider, serviceProvider });
};

function hashOf(request: IdentificationRequest, { challenged }: IdentificationFacts): Uint8Array {
  const { proof, platformProvider, serviceProvider } = request;
  if (proof.kind === 'check') return checkNonce({ random: proof.random, platformProvider, serviceProvider });
  return createHash('sha256').update(messageOf(request, challenged)).digest();
}

/** What, beside the proof, lets the person of a certificate be named. */
function mayName(
  { request, issuer, sector, standsBehind, policy = DEFAULT_POLICY, now }: Examined,
  { status }: LinkedCertificate,
): boolean {
  const { certificate, purpose, proof } = request;
  return (
    issuer !== undefined &&
    sector !== undefined &&
    standsBehind &&
    isWithinValidity(certificate, now) &&
    admits(policy, purpose, proof.kind) &&
    (policy.says !== 'nothing' || isGood(status))
  );
}
