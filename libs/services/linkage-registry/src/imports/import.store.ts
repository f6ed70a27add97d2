import type { Clock } from '@kakunin/calendar';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Queries } from '../database/queries.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { RegistryError } from '../registry-error.ts';
import type { CrlScope } from './crl-list.ts';

export interface ImportName {
  readonly authorityId: string;
  readonly importId: string;
}

/** What became of the lines (entries, certificates) so far. */
export interface ImportCounts {
  readonly imported: number;
  readonly unchanged: number;
  readonly rejected: number;
}

/** How far a list was taken. Instants are epoch milliseconds. */
export interface ImportState extends ImportCounts {
  readonly format: string;
  /** The last line that was dealt with. */
  readonly line: number;
  readonly begunAt: number;
  readonly completedAt: number | null;
}

export interface NewImport extends ImportName {
  readonly format: string;
  readonly crl?: CrlScope | undefined;
}

interface Row {
  readonly format: string;
  readonly line: string;
  readonly imported: string;
  readonly unchanged: string;
  readonly rejected: string;
  readonly begun_at: string;
  readonly completed_at: string | null;
}

/** SQL of imports. */
@Injectable()
export class ImportStore {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Begins an import, or goes on with one that was interrupted. One that was complete begins anew: what was rejected then may
   * be taken now.
   * @throws RegistryError `import_differs` | `crl_outdated` | `crl_base_missing`
   */
  async begin({ authorityId, importId, format, crl }: NewImport): Promise<ImportState> {
    if (crl) await this.#checkOrder(authorityId, crl);
    await this.database.query(
      `INSERT INTO certificate_import (authority_id, import_id, format, begun_at, distribution_point, crl_number)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (authority_id, import_id) DO UPDATE
         SET line = 0, imported = 0, unchanged = 0, rejected = 0, begun_at = EXCLUDED.begun_at, completed_at = NULL
         WHERE certificate_import.completed_at IS NOT NULL AND certificate_import.format = EXCLUDED.format`,
      [authorityId, importId, format, this.clock.now(), crl?.distributionPoint, crl?.crlNumber.toString()],
    );
    const state = await this.find({ authorityId, importId });
    if (state.format === format) return state;
    throw new RegistryError('import_differs', 'This import id is one of a list in another format: take a new one.');
  }

  /** @throws RegistryError `import_unknown` */
  async find({ authorityId, importId }: ImportName): Promise<ImportState> {
    const { rows } = await this.database.query<Row>(
      `SELECT format, line, imported, unchanged, rejected, begun_at, completed_at FROM certificate_import
       WHERE authority_id = $1 AND import_id = $2`,
      [authorityId, importId],
    );
    const [row] = rows;
    if (!row) throw new RegistryError('import_unknown', 'No import of this authority has this id.');
    const { begun_at, completed_at, format, ...counts } = row;
    const numbers = Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, Number(value)]));
    const completedAt = completed_at === null ? null : Number(completed_at);
    return {
      ...(numbers as unknown as ImportCounts & { line: number }),
      format,
      begunAt: Number(begun_at),
      completedAt,
    };
  }

  /**
   * Notes, in the transaction that takes them, that the lines behind `from` up to `to` are dealt with.
   * @throws RegistryError `import_in_progress` when they were already
   */
  async advance(client: Queries, step: ImportStep): Promise<void> {
    const { authorityId, importId, from, to, counts } = step;
    const { rowCount } = await client.query(
      `UPDATE certificate_import SET line = $4, imported = imported + $5, unchanged = unchanged + $6, rejected = rejected + $7
       WHERE authority_id = $1 AND import_id = $2 AND line = $3`,
      [authorityId, importId, from, to, counts.imported, counts.unchanged, counts.rejected],
    );
    if (rowCount === 1) return;
    throw new RegistryError('import_in_progress', 'This list is being sent twice. What the other brings is taken.');
  }

  async complete({ authorityId, importId }: ImportName): Promise<void> {
    await this.database.query(
      `UPDATE certificate_import SET completed_at = coalesce(completed_at, $3) WHERE authority_id = $1 AND import_id = $2`,
      [authorityId, importId, this.clock.now()],
    );
  }

  /** An older CRL would put back holds that were released since; a delta says only what is new since its base. */
  async #checkOrder(authorityId: string, { distributionPoint, crlNumber, baseCrlNumber }: CrlScope): Promise<void> {
    const { rows } = await this.database.query<{ last: string | null; complete: string | null }>(
      `SELECT max(crl_number) AS last, max(crl_number) FILTER (WHERE completed_at IS NOT NULL) AS complete
       FROM certificate_import WHERE authority_id = $1 AND distribution_point = $2`,
      [authorityId, distributionPoint],
    );
    const [last, complete] = [rows[0]?.last, rows[0]?.complete].map((number) => (number ? BigInt(number) : undefined));
    if (last !== undefined && last > crlNumber) {
      throw new RegistryError('crl_outdated', `The CRL with number ${last} was imported before: this one is older.`);
    }
    if (baseCrlNumber !== undefined && (complete === undefined || complete < baseCrlNumber)) {
      throw new RegistryError('crl_base_missing', `Import the complete CRL ${baseCrlNumber}, or a later one, first.`);
    }
  }
}

export interface ImportStep extends ImportName {
  readonly from: number;
  readonly to: number;
  readonly counts: ImportCounts;
}
