import { type AuditEntry, holderEntries, type ViewingKey, viewingKeyOf } from '@kakunin/audit';
import type { Clock } from '@kakunin/calendar';
import { challengeFits, challengeMessage, LinkageError, verifyProof } from '@kakunin/linkage';
import { CLOCK } from '@kakunin/runtime';
import { type Certificate, isWithinValidity } from '@kakunin/x509';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import { ChallengeStore } from '../identifications/challenge.store.ts';
import { type IdentificationFacts, readFacts } from '../identifications/identification.store.ts';
import { Issuers } from '../identifications/issuers.ts';
import { waitForGrid } from '../identifications/refusal-grid.ts';
import { Vault } from '../keys/vault.ts';
import { PersonStore } from '../persons/person-store.ts';
import { CallerWatch } from '../probing/caller-watch.ts';
import { AuditLog } from './audit-log.ts';
import { findByTags } from './audit.store.ts';

export interface HolderViewRequest {
  readonly platformProvider: string;
  readonly serviceProvider: string;
  readonly certificate: Certificate;
  readonly challengeId: string;
  readonly signature: Uint8Array;
}

/** Who asked about the holder, newest first. */
export interface HolderView {
  readonly entries: readonly Omit<AuditEntry, 'holderTag'>[];
  /** True when there are older ones. */
  readonly more: boolean;
}

const MOST_ENTRIES = 1_000;

/** What the audit log has about a holder, for the holder, against a signature by his certificate. */
@Injectable()
export class HolderViews {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Issuers) private readonly issuers: Issuers,
    @Inject(ChallengeStore) private readonly challenges: ChallengeStore,
    @Inject(PersonStore) private readonly persons: PersonStore,
    @Inject(CallerWatch) private readonly watch: CallerWatch,
    @Inject(AuditLog) private readonly log: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws LinkageError `not_identifiable`, as identifications do; RegistryError as `CallerWatch.admit` */
  async show(request: HolderViewRequest): Promise<HolderView> {
    const { platformProvider: caller, serviceProvider, certificate } = request;
    await this.watch.admit(caller);
    const started = performance.now();
    const proven = await this.#isProven(request);
    const issuer = await this.issuers.of(certificate);
    const authorityId = issuer?.authority.authorityId ?? '';
    const question = { caller, serviceProvider, challengeId: undefined, authorityId, certificate };
    const facts = await readFacts(this.database, this.vault, question);
    this.watch.observe(caller, { authority: issuer?.authority, certificate, linked: facts.linked });
    const valid = proven && issuer !== undefined && isWithinValidity(certificate, this.clock.now());
    const keys = await this.#note(request, valid ? facts : undefined);
    if (keys) return this.#read(keys);
    await waitForGrid(started);
    throw new LinkageError(
      'not_identifiable',
      'Nothing can be shown: the certificate or its proof does not entitle to it.',
    );
  }

  /** Takes the challenge, whatever comes of it. */
  async #isProven({ challengeId, platformProvider, serviceProvider, certificate, signature }: HolderViewRequest) {
    const challenge = await this.challenges.take(challengeId, platformProvider);
    if (!challenge || !challengeFits(challenge, { platformProvider, serviceProvider, now: this.clock.now() }))
      return false;
    const message = challengeMessage('holder-view', challenge);
    return verifyProof({ publicKey: certificate.publicKey, message, signature });
  }

  /** That it was looked at is itself an entry, and one that the holder sees. @returns his viewing keys, when he may look */
  #note(
    { platformProvider: caller, serviceProvider: onBehalfOf }: HolderViewRequest,
    facts: IdentificationFacts | undefined,
  ): Promise<readonly ViewingKey[] | undefined> {
    const linked = facts?.standsBehind ? facts.linked : undefined;
    return this.database.transaction(async (client) => {
      const opened = linked ? await this.persons.keysOf(client, linked) : [];
      const keys = opened.map(({ key }) => viewingKeyOf(key));
      const outcome = keys.length > 0 ? 'granted' : 'refused';
      const entry = { at: this.clock.now(), caller, onBehalfOf, action: 'holder_view', purpose: 'own_view' } as const;
      await this.log.append(client, [{ ...entry, outcome, viewingKey: keys[0] }]);
      return keys.length > 0 ? keys : undefined;
    });
  }

  async #read(keys: readonly ViewingKey[]): Promise<HolderView> {
    const found: AuditEntry[] = [];
    const log = { find: (tags: readonly string[]) => findByTags(this.database, tags) };
    for await (const entry of holderEntries(keys, log)) found.push(entry);
    found.sort((one, other) => other.sequence - one.sequence);
    const entries = found.slice(0, MOST_ENTRIES).map(({ holderTag, ...entry }) => entry);
    return { entries, more: found.length > entries.length };
  }
}
