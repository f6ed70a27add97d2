import { randomUUID } from 'node:crypto';
import type { Clock } from '@kakunin/calendar';
import {
  type DerivedCredential,
  type DerivedCredentialKind,
  DerivedCredentialsError,
  registerDerivedCredential,
  registrationMessage,
} from '@kakunin/derived-credentials';
import { challengeFits, LinkageError, verifyProof } from '@kakunin/linkage';
import { CLOCK } from '@kakunin/runtime';
import { type Certificate, isWithinValidity } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuditLog, type AuditNote } from '../audit/audit-log.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { ChallengeStore } from '../identifications/challenge.store.ts';
import { waitForGrid } from '../identifications/refusal-grid.ts';
import { RegistryError } from '../registry-error.ts';
import { requireOwn } from '../relying-parties/own-service-provider.ts';
import { type BaseCertificate, BaseCertificates } from './base-certificates.ts';
import { DerivedCredentialStore, type KnownCredential, type ProviderQuestion } from './derived-credential.store.ts';

export interface DerivedCredentialRequest extends ProviderQuestion {
  /** Who calls: the provider itself, or the platform provider that it stands behind. */
  readonly caller: string;
  readonly kind: DerivedCredentialKind;
  /** Epoch ms; absent for what has no end. */
  readonly notAfter?: number;
  /** That it is; absent where it is none, or is not shown. */
  readonly certificate?: Certificate;
  /** The person's certificate, and its key's signature over the `registrationMessage` of the challenge. */
  readonly base: Certificate;
  readonly challengeId: string;
  readonly signature: Uint8Array;
}

/** What service providers based on a person's certificate. */
@Injectable()
export class DerivedCredentials {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(DerivedCredentialStore) private readonly store: DerivedCredentialStore,
    @Inject(BaseCertificates) private readonly bases: BaseCertificates,
    @Inject(ChallengeStore) private readonly challenges: ChallengeStore,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Registers a credential, with the person's proof. Without one, a certificate that is known looks as one that is not.
   * @throws LinkageError `challenge_unusable` | `not_identifiable`
   * @throws DerivedCredentialsError `base_unfit` | `lifetime_exceeds_base` | `credential_revoked`
   * @throws RegistryError `relying_party_unknown` | `reference_taken` | `calls_exhausted` | `persons_exhausted` |
   * `caller_blocked`
   */
  async register(request: DerivedCredentialRequest): Promise<DerivedCredential> {
    const { caller, provider } = request;
    await this.bases.admit(caller);
    const started = performance.now();
    await requireOwn(this.database, caller, provider);
    const proven = await this.#isProven(request);
    const now = this.clock.now();
    const registered = await this.database.transaction(async (client) => {
      const { issuer, base: found } = await this.bases.find(client, request.base);
      const base = proven && isWithinValidity(request.base, now) ? found : undefined;
      this.bases.observe(caller, request.base, { issuer, accepted: base });
      const credential = base && (await this.#insert(client, request, { base, now }).catch(refusalIn));
      const granted = credential !== undefined && !(credential instanceof Error);
      await this.audit.append(client, [await this.#noteOf(client, request, { base, granted, now })]);
      return credential;
    });
    // After it was noted: it tells how the base stands.
    if (registered instanceof Error) throw registered;
    if (registered) return registered;
    await waitForGrid(started);
    throw new LinkageError('not_identifiable', 'Nothing can rest on it: the certificate or its proof is not entitled.');
  }

  /** @throws RegistryError `relying_party_unknown` | `derived_credential_unknown` */
  async find(caller: string, question: ProviderQuestion): Promise<KnownCredential> {
    await requireOwn(this.database, caller, question.provider);
    const found = await this.store.ofProvider(this.database, question);
    if (!found) throw unknown();
    return found;
  }

  /** The provider has ended it, and is told of it no more. @throws RegistryError `relying_party_unknown` | `derived_credential_unknown` */
  async end(caller: string, question: ProviderQuestion): Promise<void> {
    await requireOwn(this.database, caller, question.provider);
    if (!(await this.store.end(this.database, { ...question, now: this.clock.now() }))) throw unknown();
  }

  async #isProven(request: DerivedCredentialRequest): Promise<boolean> {
    const { caller: platformProvider, provider, kind, reference, base, signature } = request;
    const challenge = await this.challenges.take(request.challengeId, platformProvider);
    const use = { platformProvider, serviceProvider: provider, now: this.clock.now() };
    if (!challenge || !challengeFits(challenge, use)) {
      throw new LinkageError(
        'challenge_unusable',
        'The challenge is unknown, used, expired or made for others: ask for a new one.',
      );
    }
    const message = registrationMessage({ challenge: challenge.challenge, provider, kind, reference });
    return verifyProof({ publicKey: base.publicKey, message, signature });
  }

  async #insert(
    client: PoolClient,
    { provider, kind, reference, notAfter, certificate }: DerivedCredentialRequest,
    { base, now }: { readonly base: BaseCertificate; readonly now: number },
  ): Promise<DerivedCredential> {
    const own = certificate && (await this.bases.derived(client, certificate));
    const credential = registerDerivedCredential({
      credentialId: randomUUID(),
      provider,
      kind,
      reference,
      base: base.certificateId,
      baseNotAfter: base.notAfter,
      baseStatus: base.status,
      ...(own?.status && { ownStatus: own.status }),
      ...(notAfter !== undefined && { notAfter }),
      now,
    });
    if (await this.store.insert(client, credential, own)) return credential;
    throw new RegistryError('reference_taken', 'A credential in force has this reference: end it first.');
  }

  async #noteOf(
    client: PoolClient,
    { caller, provider }: DerivedCredentialRequest,
    {
      base,
      granted,
      now,
    }: { readonly base: BaseCertificate | undefined; readonly granted: boolean; readonly now: number },
  ): Promise<AuditNote> {
    const viewingKey = base && (await this.bases.viewingKey(client, base));
    return {
      at: now,
      caller,
      onBehalfOf: provider,
      action: 'derived_credential',
      purpose: 'derived_credential',
      outcome: granted ? 'granted' : 'refused',
      ...(viewingKey && { viewingKey }),
    };
  }
}

function refusalIn(error: unknown): DerivedCredentialsError | RegistryError {
  if (error instanceof DerivedCredentialsError || error instanceof RegistryError) return error;
  throw error;
}

const unknown = (): RegistryError =>
  new RegistryError('derived_credential_unknown', 'No credential of yours has this reference.');
