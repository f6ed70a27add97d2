import { randomUUID } from 'node:crypto';
import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuditLog } from '../audit/audit-log.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { RegistryError } from '../registry-error.ts';
import { CallerWatch } from '../probing/caller-watch.ts';
import { requireOwn } from '../relying-parties/own-service-provider.ts';
import { Evaluator } from './evaluator.ts';
import { MatchingStore } from './matching.store.ts';
import type { Matching } from './matching.ts';
import { elementsIn, MOST_ELEMENTS, newVoprfKeyPair } from './voprf.ts';

const DAY = 86_400_000;

export interface MatchingProposal extends Pick<Matching, 'proposer' | 'partner' | 'purpose' | 'mostInputs'> {
  readonly caller: string;
  readonly days: number;
}

/** One of the two that match, and who calls for it. */
export interface MatchingParty {
  readonly caller: string;
  readonly serviceProvider: string;
  readonly matchingId: string;
}

/**
 * Lets two service providers learn which persons both serve: the registry evaluates what they blinded, and sees neither
 * what they ask about nor what comes out; they compare the results between themselves (ADR 21).
 */
@Injectable()
export class Matchings {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(MatchingStore) private readonly store: MatchingStore,
    @Inject(Evaluator) private readonly evaluator: Evaluator,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CallerWatch) private readonly watch: CallerWatch,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws RegistryError `relying_party_unknown`, and as `CallerWatch.admit` */
  async propose({ caller, proposer, partner, purpose, mostInputs, days }: MatchingProposal): Promise<Matching> {
    await this.watch.admit(caller);
    await requireOwn(this.database, caller, proposer);
    await this.#requirePartner(proposer, partner);
    const proposedAt = this.clock.now();
    const matching: Matching = {
      matchingId: randomUUID(),
      proposer,
      partner,
      purpose,
      mostInputs,
      state: 'proposed',
      proposedAt,
      expiresAt: proposedAt + days * DAY,
      proposerInputs: 0,
      partnerInputs: 0,
    };
    await this.database.transaction(async (client) => {
      await this.store.insert(client, matching);
      await this.#note(client, { caller, serviceProvider: proposer }, matching);
    });
    return matching;
  }

  /** Those that the service provider proposed, and those proposed to it. @throws RegistryError `relying_party_unknown` */
  async list(caller: string, serviceProvider: string): Promise<readonly Matching[]> {
    await requireOwn(this.database, caller, serviceProvider);
    return this.store.of(this.database, serviceProvider, this.clock.now());
  }

  /** The partner's consent makes the key. Consenting again changes nothing. @throws RegistryError `relying_party_unknown` | `matching_unknown` | `matching_ended` */
  async consent(party: MatchingParty): Promise<Matching> {
    const key = await newVoprfKeyPair();
    return this.#withMatching(party, async (client, matching) => {
      if (party.serviceProvider !== matching.partner) throw unknown();
      if (matching.state === 'open') return matching;
      await this.store.open(client, matching.matchingId, { ...key, now: this.clock.now() });
      await this.#note(client, party, matching);
      return { ...matching, state: 'open', publicKey: key.publicKey };
    });
  }

  /**
   * Evaluates blinded inputs, and proves that all were evaluated under the key of this matching. They are counted before:
   * what is asked twice counts twice.
   * @throws RegistryError `relying_party_unknown` | `matching_unknown` | `matching_ended` | `matching_not_open` |
   * `matching_exhausted` | `blinded_elements_invalid`, and as `CallerWatch.admit`
   */
  async evaluate(party: MatchingParty, request: Uint8Array): Promise<Uint8Array> {
    await this.watch.admit(party.caller);
    const inputs = elementsIn(request);
    if (inputs === undefined) throw invalidElements();
    const privateKey = await this.#withMatching(party, async (client, matching) => {
      if (matching.state !== 'open') {
        throw new RegistryError('matching_not_open', 'The partner has not consented yet.');
      }
      const by = party.serviceProvider;
      const used = by === matching.proposer ? matching.proposerInputs : matching.partnerInputs;
      if (used + inputs > matching.mostInputs) {
        const left = matching.mostInputs - used;
        throw new RegistryError('matching_exhausted', `${left} inputs are left to you in this matching.`);
      }
      const key = await this.store.count(client, matching, { by, inputs });
      await this.#note(client, party, matching);
      return key;
    });
    const evaluation = await this.evaluator.evaluate(privateKey, request);
    if (!evaluation) throw invalidElements();
    return evaluation;
  }

  /** Either ends it: the key is destroyed. @throws RegistryError `relying_party_unknown` | `matching_unknown` | `matching_ended` */
  end(party: MatchingParty): Promise<void> {
    return this.#withMatching(party, async (client, { matchingId }) => {
      await this.store.end(client, matchingId, this.clock.now());
    });
  }

  async #withMatching<T>(
    { caller, serviceProvider, matchingId }: MatchingParty,
    work: (client: PoolClient, matching: Matching) => Promise<T>,
  ): Promise<T> {
    await requireOwn(this.database, caller, serviceProvider);
    const now = this.clock.now();
    await this.store.endExpired(this.database, now);
    return this.database.transaction(async (client) => {
      const matching = await this.store.lock(client, { matchingId, serviceProvider, now });
      if (!matching) throw unknown();
      if (matching.state === 'ended') throw new RegistryError('matching_ended', 'Its key is destroyed.');
      return work(client, matching);
    });
  }

  async #requirePartner(proposer: string, partner: string): Promise<void> {
    const { rowCount } = await this.database.query(
      `SELECT FROM relying_party WHERE code = $1 AND kind = 'service_provider' AND code <> $2`,
      [partner, proposer],
    );
    if (rowCount === 0) {
      throw new RegistryError('relying_party_unknown', `${partner} is no service provider to match with.`);
    }
  }

  async #note(
    client: PoolClient,
    { caller, serviceProvider }: Pick<MatchingParty, 'caller' | 'serviceProvider'>,
    { purpose }: Matching,
  ): Promise<void> {
    const at = this.clock.now();
    const what = { action: 'bulk_match', purpose, outcome: 'granted' } as const;
    await this.audit.append(client, [{ at, caller, onBehalfOf: serviceProvider, ...what }]);
  }
}

const unknown = (): RegistryError => new RegistryError('matching_unknown', 'No such matching is yours.');
const invalidElements = (): RegistryError =>
  new RegistryError(
    'blinded_elements_invalid',
    `A request holds 1 to ${MOST_ELEMENTS} blinded elements of ristretto255.`,
  );
