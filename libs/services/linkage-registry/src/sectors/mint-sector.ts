import { randomBytes } from 'node:crypto';
import { KEY_OCTETS } from '@kakunin/linkage';
import type { Prisma } from '../generated/prisma/client.ts';
import type { Vault } from '../keys/vault.ts';
import { sectorKeyOwner } from './opened-sectors.ts';

/** The sector that a service provider begins with: it is alone in it, and has given it its code. */
export async function mintSector(
  client: Prisma.TransactionClient,
  vault: Vault,
  { sector, now }: { readonly sector: string; readonly now: number },
): Promise<void> {
  if (await client.sector.findUnique({ where: { sector } })) return;
  const sectorKeySealed = new Uint8Array(vault.seal(sectorKeyOwner(sector, 1), randomBytes(KEY_OCTETS)));
  const at = BigInt(now);
  await client.sector.create({ data: { sector } });
  await client.sectorKey.create({ data: { sector, version: 1, sectorKeySealed, mintedAt: at } });
  await client.sectorStep.create({ data: { serviceProvider: sector, step: 1, sector, version: 1, currentFrom: at } });
}
