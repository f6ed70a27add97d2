import { derivePpid, type PersonKey, type Ppid, type SectorKey, sectorKeyOf } from '@kakunin/linkage';
import { type SectorVersion, versionsGivenAt } from '@kakunin/sectors';
import { Inject, Injectable } from '@nestjs/common';
import type { Queries } from '../database/queries.ts';
import { Vault } from '../keys/vault.ts';
import { asSectorKeys, type SectorStep, stepsGiven, stepsOf } from './sector.store.ts';

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

/** By which keys persons are named to whom, opened: only ever in memory. */
@Injectable()
export class OpenedSectors {
  constructor(@Inject(Vault) private readonly vault: Vault) {}

  /** @returns undefined when there is no such service provider */
  async keysNow(client: Queries, serviceProvider: string, now: number): Promise<SectorNow | undefined> {
    const steps = await stepsOf(client, [serviceProvider]);
    if (steps.length === 0) return undefined;
    const { current, previous } = stepsGiven(steps, versionsGivenAt(asSectorKeys(steps), now));
    return { current: this.open(current), ...(previous?.sealed && { previous: this.open(previous) }) };
  }

  /** @throws Error when the key was destroyed, as only those are whose names are given no more */
  open({ sector, version, sealed }: SectorStep): SectorKey {
    if (!sealed) throw new Error('This key of a sector was destroyed: it names nobody any more.');
    return openSectorKey(this.vault, { sector, version, sector_key_sealed: sealed });
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

/** The first key of a sector was sealed before there were several: its version is not bound. */
export const sectorKeyOwner = (sector: string, version: number): string =>
  version === 1 ? `sector ${sector}` : `sector ${sector} ${version}`;
