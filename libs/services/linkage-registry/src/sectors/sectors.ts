import { randomBytes } from 'node:crypto';
import type { Clock } from '@kakunin/calendar';
import { KEY_OCTETS } from '@kakunin/linkage';
import { CLOCK } from '@kakunin/runtime';
import { rotateSectorKey, versionsToDestroy } from '@kakunin/sectors';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuditLog } from '../audit/audit-log.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { Vault } from '../keys/vault.ts';
import { RegistryError } from '../registry-error.ts';
import { sectorKeyOwner } from './opened-sectors.ts';
import { asSectorKeys, lockSectors, membersOf, type SectorStep, stepsOf, takeStep } from './sector.store.ts';

export interface Rotation {
  readonly sector: string;
  /** From when on the new names are the names, epoch ms; absent: now. */
  readonly from?: number | undefined;
  /** Until when the old ones are given as well. */
  readonly windowEndsAt: number;
}

/** Somebody has looked at why a service provider may share the names of others, and said yes. */
export interface Approval {
  readonly sector: string;
  readonly serviceProvider: string;
  /** Who approved, and by which document. */
  readonly approvedBy: string;
  readonly approval: string;
}

/** Sectors as the operator administers them: their keys, and who is in them. */
@Injectable()
export class Sectors {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The steps of everybody in a sector. @throws RegistryError `sector_unknown` */
  async steps(sector: string): Promise<readonly SectorStep[]> {
    return stepsOf(this.database, await this.#requireMembers(this.database, sector));
  }

  /** A new key, for all in the sector at once. @throws RegistryError `sector_unknown`; SectorsError `rotation_invalid` */
  rotate(caller: string, { sector, from, windowEndsAt }: Rotation): Promise<readonly SectorStep[]> {
    return this.#change(caller, 'rotation', async (client, now) => {
      const members = await this.#requireMembers(client, sector);
      const steps = await stepsOf(client, members);
      const plan = { from: from ?? now, windowEndsAt, now };
      for (const member of members) rotateSectorKey(asSectorKeys(ofProvider(steps, member)), plan);
      const to = { sector, version: await this.#mintKey(client, sector, now) };
      for (const serviceProvider of members)
        await takeStep(client, { serviceProvider, to, from: plan.from, givenUntil: windowEndsAt });
      return stepsOf(client, members);
    });
  }

  /**
   * Destroys the keys whose names are given to nobody any more: nothing leads from an old name to a person then.
   * @returns how many
   */
  destroyOldKeys(caller: string, sector: string): Promise<{ readonly destroyed: number }> {
    return this.#change(caller, 'destruction', async (client, now) => {
      const { rows } = await client.query<{ service_provider: string }>(
        'SELECT DISTINCT service_provider FROM sector_step WHERE sector = $1',
        [sector],
      );
      const steps = await stepsOf(
        client,
        rows.map((row) => row.service_provider),
      );
      const over = new Set<SectorStep>();
      for (const { service_provider } of rows) {
        const own = ofProvider(steps, service_provider);
        const ended = versionsToDestroy(asSectorKeys(own), now);
        for (const step of own) if (ended.includes(step.step)) over.add(step);
      }
      const needed = new Set(
        steps.filter((step) => !over.has(step)).map(({ sector: of, version }) => `${of} ${version}`),
      );
      const versions = [...over].filter((step) => step.sector === sector && !needed.has(`${sector} ${step.version}`));
      const { rowCount } = await client.query(
        `UPDATE sector_key SET sector_key_sealed = NULL
         WHERE sector = $1 AND version = ANY ($2::integer[]) AND sector_key_sealed IS NOT NULL`,
        [sector, versions.map(({ version }) => version)],
      );
      return { destroyed: rowCount ?? 0 };
    });
  }

  /**
   * Lets a service provider into a sector, before it was given any name; later, its names are merged with both consents.
   * @throws RegistryError `sector_unknown` | `sector_in_use`
   */
  approve(caller: string, { sector, serviceProvider, approvedBy, approval }: Approval): Promise<readonly SectorStep[]> {
    return this.#change(caller, 'approval', async (client, now) => {
      const [first] = await this.#requireMembers(client, sector);
      await this.#requireUnused(client, serviceProvider);
      const newest = (await stepsOf(client, [first!])).at(-1)!;
      await client.query(
        `INSERT INTO sector_approval (sector, service_provider, approved_by, approval, approved_at)
         VALUES ($1, $2, $3, $4, $5)`,
        [sector, serviceProvider, approvedBy, approval, now],
      );
      await takeStep(client, { serviceProvider, to: newest, from: now, givenUntil: now });
      return stepsOf(client, [serviceProvider]);
    });
  }

  async #change<T>(caller: string, purpose: string, work: (client: PoolClient, now: number) => Promise<T>): Promise<T> {
    return this.database.transaction(async (client) => {
      await lockSectors(client);
      const at = this.clock.now();
      const result = await work(client, at);
      await this.audit.append(client, [{ at, caller, action: 'sector_change', purpose, outcome: 'granted' }]);
      return result;
    });
  }

  async #mintKey(client: PoolClient, sector: string, now: number): Promise<number> {
    const { rows } = await client.query<{ version: number }>(
      'SELECT max(version) + 1 AS version FROM sector_key WHERE sector = $1',
      [sector],
    );
    const { version } = rows[0]!;
    const sealed = this.vault.seal(sectorKeyOwner(sector, version), randomBytes(KEY_OCTETS));
    await client.query(
      'INSERT INTO sector_key (sector, version, sector_key_sealed, minted_at) VALUES ($1, $2, $3, $4)',
      [sector, version, sealed, now],
    );
    return version;
  }

  async #requireMembers(client: Pick<RegistryDatabase, 'query'>, sector: string): Promise<readonly string[]> {
    const members = await membersOf(client, sector);
    if (members.length === 0) throw new RegistryError('sector_unknown', 'There is nobody in a sector of this name.');
    return members;
  }

  async #requireUnused(client: PoolClient, serviceProvider: string): Promise<void> {
    const steps = await stepsOf(client, [serviceProvider]);
    const { rowCount } = await client.query('SELECT FROM presentation WHERE service_provider = $1 LIMIT 1', [
      serviceProvider,
    ]);
    if (steps.length === 1 && rowCount === 0) return;
    throw new RegistryError(
      'sector_in_use',
      'The service provider has names already, or is in another sector: merge sectors, with the consent of both.',
    );
  }
}

const ofProvider = (steps: readonly SectorStep[], serviceProvider: string): readonly SectorStep[] =>
  steps.filter((step) => step.serviceProvider === serviceProvider);
