import { type SectorKey, sectorKeyOf } from '@kakunin/linkage';
import type { Vault } from '../keys/vault.ts';

export const sectorOwner = (serviceProvider: string): string => `sector ${serviceProvider}`;

/** The key of a service provider's sector, out of the row that keeps it. */
export const openSectorKey = (
  vault: Vault,
  row: { readonly service_provider: string; readonly sector_key_sealed: Uint8Array },
): SectorKey => sectorKeyOf(vault.open(sectorOwner(row.service_provider), row.sector_key_sealed));
