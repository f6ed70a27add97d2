import { type AuditEntry, holderEntries, type ViewingKey, viewingKeyOf } from '@kakunin/audit';
import type { Clock } from '@kakunin/calendar';
import { LinkageError } from '@kakunin/linkage';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import type { SignedChallenge } from '../identifications/challenges.ts';
import { Possession, type Shown } from '../identifications/possession.ts';
import { waitForGrid } from '../identifications/refusal-grid.ts';
import { PersonStore } from '../persons/person-store.ts';
import { CallerWatch } from '../probing/caller-watch.ts';
import { AuditLog } from './audit-log.ts';
import { findByTags } from './audit.store.ts';

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
    @Inject(Possession) private readonly possession: Possession,
    @Inject(PersonStore) private readonly persons: PersonStore,
    @Inject(CallerWatch) private readonly watch: CallerWatch,
    @Inject(AuditLog) private readonly log: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws LinkageError `not_identifiable`, as identifications do; RegistryError as `CallerWatch.admit` */
  async show(request: SignedChallenge): Promise<HolderView> {
    const { platformProvider: caller, certificate } = request;
    await this.watch.admit(caller);
    const started = performance.now();
    const shown = await this.possession.show('holder-view', request);
    const { issuer, linked } = shown;
    const keys = await this.#note(request, shown);
    const personId = keys && linked?.person.person_id;
    this.watch.observe(caller, { authority: issuer?.authority, certificate, personId });
    if (keys) return this.#read(keys);
    await waitForGrid(started);
    throw new LinkageError(
      'not_identifiable',
      'Nothing can be shown: the certificate or its proof does not entitle to it.',
    );
  }

  /** That it was looked at is itself an entry, and one that the holder sees. @returns his viewing keys, when he may look */
  #note(
    { platformProvider: caller, serviceProvider: onBehalfOf }: SignedChallenge,
    { proven, linked }: Shown,
  ): Promise<readonly ViewingKey[] | undefined> {
    return this.database.transaction(async (client) => {
      const opened = proven && linked ? await this.persons.keysOf(client, linked) : [];
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
    const entries = found.slice(0, MOST_ENTRIES).map(withoutTag);
    return { entries, more: found.length > entries.length };
  }
}

/** Tags are of no use to the holder, and would tell the caller which entries of the log are his. */
const withoutTag = (found: AuditEntry): HolderView['entries'][number] => {
  const { sequence, at, caller, onBehalfOf, action, purpose, outcome } = found;
  return { sequence, at, caller, action, purpose, outcome, ...(onBehalfOf !== undefined && { onBehalfOf }) };
};
