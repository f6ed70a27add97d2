import { derivePpid, type PersonKey, type Ppid, type SectorKey, sectorKeyOf } from '@kakunin/linkage';
import { type SectorKeys, type SectorKeyVersion, type SectorVersion, versionsGivenAt } from '@kakunin/sectors';
import { Inject, Injectable } from '@nestjs/common';
import type { Queries } from '../database/queries.ts';
import { Vault } from '../keys/vault.ts';

/** The keys by which a service provider is given its names now. */
export interface SectorNow {
  readonly current: SectorKey;
  /** Within the window of a rotation or merge: the key before. */
  readonly previous?: SectorKey;
}

/** The names of one person, as its service provider is given them. */
export interface GivenPpids {
  readonly ppid: Ppid;
  /** Within the window of a rotation or merge: the name before. */
  readonly previousPpid?: Ppid;
}

/** A step of a service provider: one key of a sector, for a time. */
export interface SectorStep extends SectorVersion, SectorKeyVersion {}

interface Row {
  readonly step: number;
  readonly sector: string;
  readonly version: number;
  readonly current_from: string;
  readonly given_until: string | null;
  readonly sector_key_sealed: Buffer | null;
}

/** Which sector key names persons to whom, and when. */
@Injectable()
export class SectorStore {
  constructor(@Inject(Vault) private readonly vault: Vault) {}

  /** @returns undefined when there is no such service provider */
  async keysNow(client: Queries, serviceProvider: string, now: number): Promise<SectorNow | undefined> {
    const rows = await stepsOf(client, serviceProvider);
    if (rows.length === 0) return undefined;
    const given = versionsGivenAt(asSectorKeys(rows), now);
    const keyOf = (step: number): SectorKey => this.#open(rows.find((row) => row.step === step)!);
    const current = keyOf(given.current);
    return given.previous === undefined ? { current } : { current, previous: keyOf(given.previous) };
  }

  /** @throws Error when the key was destroyed */
  #open({ sector, version, sector_key_sealed }: Row): SectorKey {
    if (!sector_key_sealed) throw new Error('This key of a sector was destroyed: it names nobody any more.');
    return openSectorKey(this.vault, { sector, version, sector_key_sealed });
  }
}

/** The key of a sector, out of the row that keeps it. */
export const openSectorKey = (vault: Vault, row: SectorVersion & { readonly sector_key_sealed: Buffer }): SectorKey =>
  sectorKeyOf(vault.open(sectorKeyOwner(row.sector, row.version), row.sector_key_sealed));

/** The names of a person, by the keys of a service provider. */
export function ppidsOf({ current, previous }: SectorNow, personKey: PersonKey): GivenPpids {
  const ppid = derivePpid(current, personKey);
  return previous ? { ppid, previousPpid: derivePpid(previous, personKey) } : { ppid };
}

/** The steps of a service provider are to it what the versions of a key are to a sector. */
const asSectorKeys = (rows: readonly Row[]): SectorKeys =>
  rows.map(({ step: version, current_from, given_until }) => ({
    version,
    currentFrom: Number(current_from),
    ...(given_until !== null && { givenUntil: Number(given_until) }),
  })) as unknown as SectorKeys;

async function stepsOf(client: Queries, serviceProvider: string): Promise<readonly Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT step, sector, version, current_from, given_until, sector_key_sealed
     FROM sector_step JOIN sector_key USING (sector, version) WHERE service_provider = $1 ORDER BY step`,
    [serviceProvider],
  );
  return rows;
}

/** The first key of a sector was sealed before there were several: its version is not bound. */
export const sectorKeyOwner = (sector: string, version: number): string =>
  version === 1 ? `sector ${sector}` : `sector ${sector} ${version}`;
