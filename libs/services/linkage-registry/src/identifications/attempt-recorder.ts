import { viewingKeyOf } from '@kakunin/audit';
import type { Clock } from '@kakunin/calendar';
import type { PersonKey } from '@kakunin/linkage';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuditLog } from '../audit/audit-log.ts';
import { GroupCommit } from '../database/group-commit.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { PersonStore } from '../persons/person-store.ts';
import { RegistryMetrics } from '../registry-metrics.ts';
import type { Attempt } from './attempt.ts';
import { takeChallenges, useChecks } from './challenge.store.ts';
import { type Naming, notePresentations } from './identification.store.ts';

/** What was written of an attempt. */
export interface Recorded {
  /** The key by which the person is named; undefined: refused. */
  readonly personKey: PersonKey | undefined;
  readonly succeeded: boolean;
  /** Hash of the audit entry. */
  readonly auditHash: Uint8Array;
}

interface Decided {
  readonly attempt: Attempt;
  readonly naming?: Naming;
  readonly personKey?: PersonKey;
}

/**
 * Writes attempts, all that wait in one transaction: proofs used up, names given, entries of the audit log. The chain of
 * that log has one end, which a transaction holds until it is committed; with many in each, its commits are shared.
 */
@Injectable()
export class AttemptRecorder {
  readonly #groups = new GroupCommit<Attempt, Recorded>({
    write: (attempts) => this.#writeGroup(attempts),
    onRefused: () => this.metrics.busyRefusals.inc({ of: 'identifications' }),
  });

  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(PersonStore) private readonly persons: PersonStore,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(RegistryMetrics) private readonly metrics: RegistryMetrics,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Resolves when it is committed. @throws DatabaseError `database_unavailable` | `database_busy`: nothing was written */
  record(attempt: Attempt): Promise<Recorded> {
    return this.#groups.run(attempt);
  }

  async #writeGroup(attempts: readonly Attempt[]): Promise<readonly Recorded[]> {
    const recorded = await this.database.transaction((client) => this.#write(client, attempts));
    this.metrics.identificationGroups.inc();
    return recorded;
  }

  async #write(client: PoolClient, attempts: readonly Attempt[]): Promise<readonly Recorded[]> {
    const isFresh = await this.#useUp(client, attempts);
    const nameable = await this.persons.holdNameable(
      client,
      attempts.flatMap(({ naming }) => naming?.person.person_id ?? []),
    );
    const decided: Decided[] = [];
    for (const attempt of attempts) {
      const mayBeNamed = isFresh(attempt) && nameable.has(attempt.naming?.person.person_id ?? '');
      decided.push(await this.#decide(client, attempt, mayBeNamed));
    }
    const namings = decided.flatMap(({ naming }) => naming ?? []);
    const succeeded = await notePresentations(client, namings);
    const entries = await this.audit.append(
      client,
      decided.map(({ attempt: { note }, personKey }) =>
        personKey ? { ...note, outcome: 'granted', viewingKey: viewingKeyOf(personKey) } : note,
      ),
    );
    return decided.map(({ naming, personKey }, index) => ({
      personKey,
      succeeded: naming !== undefined && succeeded[namings.indexOf(naming)]!,
      auditHash: entries[index]!.hash,
    }));
  }

  async #decide(client: PoolClient, attempt: Attempt, mayBeNamed: boolean): Promise<Decided> {
    const { naming, at } = attempt;
    const opened = naming && mayBeNamed ? await this.persons.keyInSector(client, naming) : undefined;
    if (!naming || !opened) return { attempt };
    const { certificateId, serviceProvider } = naming;
    return { attempt, naming: { certificateId, serviceProvider, keyId: opened.keyId, at }, personKey: opened.key };
  }

  /** @returns whether the proof of an attempt was not used before, by another of the group neither */
  async #useUp(client: PoolClient, attempts: readonly Attempt[]): Promise<(attempt: Attempt) => boolean> {
    const ids = attempts.flatMap(({ use }) => (use.kind === 'possession' ? (use.challengeId ?? []) : []));
    const checks = attempts.flatMap(({ use }) => (use.kind === 'check' ? use : []));
    const fresh = new Set([
      ...(await takeChallenges(client, ids)),
      ...(await useChecks(client, checks, this.clock.now())),
    ]);
    return ({ use }) => {
      const name = use.kind === 'possession' ? use.challengeId : Buffer.from(use.nonce).toString('base64');
      return name !== undefined && fresh.delete(name);
    };
  }
}
