import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import { isMergeConsent, mergeSectors, type SectorMergeProposal, SectorsError } from '@kakunin/sectors';
import { LedgerError, type NoteVerifier, parseVerifierKey } from '@kakunin/usage-ledger';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuditLog } from '../audit/audit-log.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { RegistryError } from '../registry-error.ts';
import { requireOwn } from '../relying-parties/own-service-provider.ts';
import { lockSectors, membersOf, stepsOf, takeStep } from './sector.store.ts';

/** A proposal, and who has consented to it. */
export interface ProposedMerge extends SectorMergeProposal {
  readonly consented: readonly string[];
  readonly mergedAt?: number;
}

export interface Consent {
  readonly proposalId: string;
  readonly serviceProvider: string;
  /** C2SP signed-note, see `signMergeConsent`. */
  readonly consent: Uint8Array;
}

interface Consented {
  readonly caller: string;
  readonly keys: ReadonlyMap<string, NoteVerifier>;
  readonly row: Row;
}

interface Row {
  readonly proposal_id: string;
  readonly survivor: string;
  readonly absorbed: string;
  readonly effective_from: string;
  readonly window_ends_at: string;
  readonly consent_until: string;
  readonly survivor_consent: Buffer | null;
  readonly absorbed_consent: Buffer | null;
  readonly merged_at: string | null;
}

/** Two service providers become one sector: the operator proposes, both consent under their own keys, all is kept. */
@Injectable()
export class SectorMerges {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** By which key a service provider consents, from now on. @throws RegistryError `consent_key_invalid` */
  async putConsentKey(caller: string, serviceProvider: string, verifierKey: string): Promise<void> {
    if (nameOf(verifierKey) !== serviceProvider)
      throw new RegistryError(
        'consent_key_invalid',
        'It must be a verifier key named by the code of the service provider.',
      );
    await this.database.transaction(async (client) => {
      await client.query(
        `INSERT INTO consent_key (service_provider, verifier_key) VALUES ($1, $2)
         ON CONFLICT (service_provider) DO UPDATE SET verifier_key = excluded.verifier_key`,
        [serviceProvider, verifierKey],
      );
      // Whoever sets the key could consent in the place of the service provider.
      const what = { action: 'sector_change', purpose: 'consent_key', outcome: 'granted' } as const;
      await this.audit.append(client, [{ at: this.clock.now(), caller, onBehalfOf: serviceProvider, ...what }]);
    });
  }

  /** The same again changes nothing. @throws RegistryError `sector_unknown` | `sector_in_use` | `proposal_differs` */
  async propose(proposal: SectorMergeProposal): Promise<ProposedMerge> {
    for (const party of [proposal.survivor, proposal.absorbed]) await requireAlone(this.database, party);
    const { proposalId, survivor, absorbed, effectiveFrom, windowEndsAt, consentUntil } = proposal;
    await this.database.query(
      `INSERT INTO sector_merge (proposal_id, survivor, absorbed, effective_from, window_ends_at, consent_until)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [proposalId, survivor, absorbed, effectiveFrom, windowEndsAt, consentUntil],
    );
    const kept = await this.#require(this.database, proposalId);
    if (JSON.stringify(proposalOf(kept)) === JSON.stringify(ordered(proposal))) return mergeOf(kept);
    throw new RegistryError('proposal_differs', 'Something else was proposed under this id.');
  }

  /** To whoever is asked to consent. @throws RegistryError `proposal_unknown` */
  async read(caller: string, proposalId: string): Promise<ProposedMerge> {
    const row = await this.#require(this.database, proposalId);
    const parties = [row.survivor, row.absorbed];
    const own = await Promise.all(
      parties.map((party) =>
        requireOwn(this.database, caller, party).then(
          () => true,
          () => false,
        ),
      ),
    );
    return own.includes(true) ? mergeOf(row) : unknown();
  }

  /**
   * Takes a consent; with the second, the sectors are one from `effectiveFrom` on.
   * @throws RegistryError `proposal_unknown` | `relying_party_unknown` | `sector_in_use`; SectorsError `consent_invalid`
   */
  consent(caller: string, { proposalId, serviceProvider, consent }: Consent): Promise<ProposedMerge> {
    return this.database.transaction(async (client) => {
      await lockSectors(client);
      await requireOwn(client, caller, serviceProvider);
      const row = await this.#require(client, proposalId);
      if (row.merged_at !== null) return mergeOf(row);
      const side =
        row.survivor === serviceProvider ? 'survivor' : row.absorbed === serviceProvider ? 'absorbed' : unknown();
      const keys = await consentKeys(client, [row.survivor, row.absorbed]);
      // One that is none is refused at once, not when the other one comes; and the other's stands for nobody else.
      requireConsent({ proposal: proposalOf(row), consent, key: keys.get(serviceProvider), now: this.clock.now() });
      await client.query(`UPDATE sector_merge SET ${side}_consent = $2 WHERE proposal_id = $1`, [proposalId, consent]);
      await this.#mergeWhenBoth(client, { caller, keys, row: await this.#require(client, proposalId) });
      return mergeOf(await this.#require(client, proposalId));
    });
  }

  async #mergeWhenBoth(client: PoolClient, { caller, keys, row }: Consented): Promise<void> {
    const consents = [row.survivor_consent, row.absorbed_consent].filter((each) => each !== null);
    if (consents.length < 2) return;
    const now = this.clock.now();
    const proposal = proposalOf(row);
    mergeSectors({ proposal, consents, keyOf: (party) => keys.get(party), now });
    const { survivor, absorbed, effectiveFrom, windowEndsAt } = proposal;
    for (const party of [survivor, absorbed]) await requireAlone(client, party);
    const to = (await stepsOf(client, [survivor])).at(-1)!;
    await takeStep(client, {
      serviceProvider: absorbed,
      to,
      from: Math.max(effectiveFrom, now),
      givenUntil: Math.max(windowEndsAt, now),
    });
    await client.query('UPDATE sector_merge SET merged_at = $2 WHERE proposal_id = $1', [row.proposal_id, now]);
    const entry = { at: now, caller, action: 'sector_change', purpose: 'merge', outcome: 'granted' } as const;
    await this.audit.append(client, [
      { ...entry, onBehalfOf: survivor },
      { ...entry, onBehalfOf: absorbed },
    ]);
  }

  async #require(client: Pick<RegistryDatabase, 'query'>, proposalId: string): Promise<Row> {
    const { rows } = await client.query<Row>('SELECT * FROM sector_merge WHERE proposal_id = $1', [proposalId]);
    return rows[0] ?? unknown();
  }
}

function requireConsent({
  proposal,
  consent,
  key,
  now,
}: {
  readonly proposal: SectorMergeProposal;
  readonly consent: Uint8Array;
  readonly key: NoteVerifier | undefined;
  readonly now: number;
}): void {
  if (key && isMergeConsent(consent, proposal, key) && now <= proposal.consentUntil) return;
  throw new SectorsError('consent_invalid', 'Sectors are merged with the consent of both. This is none, or too late.');
}

/** Whoever has names with others would have to ask them too: only a sector of one is merged. */
async function requireAlone(client: Pick<RegistryDatabase, 'query'>, party: string): Promise<void> {
  const newest = (await stepsOf(client, [party])).at(-1);
  if (!newest) throw new RegistryError('sector_unknown', `There is no service provider ${party}.`);
  if ((await membersOf(client, newest.sector)).length === 1) return;
  throw new RegistryError('sector_in_use', `${party} shares its sector with others already.`);
}

async function consentKeys(client: PoolClient, parties: readonly string[]): Promise<ReadonlyMap<string, NoteVerifier>> {
  const { rows } = await client.query<{ service_provider: string; verifier_key: string }>(
    'SELECT service_provider, verifier_key FROM consent_key WHERE service_provider = ANY ($1::text[])',
    [parties],
  );
  return new Map(rows.map((row) => [row.service_provider, parseVerifierKey(row.verifier_key)]));
}

function nameOf(verifierKey: string): string | undefined {
  try {
    return parseVerifierKey(verifierKey).name;
  } catch (error) {
    if (error instanceof LedgerError) return undefined;
    throw error;
  }
}

const proposalOf = (row: Row): SectorMergeProposal => ({
  proposalId: row.proposal_id,
  survivor: row.survivor,
  absorbed: row.absorbed,
  effectiveFrom: Number(row.effective_from),
  windowEndsAt: Number(row.window_ends_at),
  consentUntil: Number(row.consent_until),
});

const ordered = (given: SectorMergeProposal): SectorMergeProposal => ({
  proposalId: given.proposalId.toLowerCase(),
  survivor: given.survivor,
  absorbed: given.absorbed,
  effectiveFrom: given.effectiveFrom,
  windowEndsAt: given.windowEndsAt,
  consentUntil: given.consentUntil,
});

const mergeOf = (row: Row): ProposedMerge => ({
  ...proposalOf(row),
  consented: [...(row.survivor_consent ? [row.survivor] : []), ...(row.absorbed_consent ? [row.absorbed] : [])],
  ...(row.merged_at !== null && { mergedAt: Number(row.merged_at) }),
});

function unknown(): never {
  throw new RegistryError('proposal_unknown', 'There is no such proposal to you.');
}
