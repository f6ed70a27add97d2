import { type EffectiveDated, endEntry, PriceList, type Tariff, type Waiver } from '@kakunin/billing';
import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { type Actor, recordAudit } from '../database/audit.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { tariffOf, tariffRowOf, waiverOf, waiverRowOf } from './mapping.ts';

/**
 * Tariffs and waivers. Changes come one after the other, and each must leave a price list without contradictions; the
 * exclusion constraints of the tables say the same to whoever writes past this store.
 */
@Injectable()
export class PriceStore {
  constructor(@Inject(AdministrationDatabase) private readonly database: AdministrationDatabase) {}

  read(): Promise<PriceList> {
    return this.database.transaction(readPrices);
  }

  /** @throws BillingError `tariff_overlap` | `duplicate_id` | `invalid_validity` | `invalid_price` */
  async addTariff(tariff: Tariff, actor: Actor): Promise<void> {
    await this.#change(async (client, { tariffs, waivers }) => {
      void new PriceList([...tariffs, tariff], waivers);
      await client.tariff.create({ data: tariffRowOf(tariff) });
      await recordAudit(client, actor, { action: 'tariff.add', subject: { id: tariff.id } });
    });
  }

  /** @throws BillingError `waiver_overlap` | `duplicate_id` | `invalid_validity` */
  async addWaiver(waiver: Waiver, actor: Actor): Promise<void> {
    await this.#change(async (client, { tariffs, waivers }) => {
      void new PriceList(tariffs, [...waivers, waiver]);
      await client.waiver.create({ data: waiverRowOf(waiver) });
      await recordAudit(client, actor, { action: 'waiver.add', subject: { id: waiver.id } });
    });
  }

  /** @throws BillingError `invalid_validity` | `tariff_overlap`; NotFoundException */
  endTariff(end: End, actor: Actor): Promise<Tariff> {
    return this.#change(async (client, { tariffs, waivers }) => {
      const ended = endInPlace(named(tariffs, end.id), end.validTo, actor.at);
      void new PriceList(replaced(tariffs, ended), waivers);
      await client.tariff.update({ where: { id: end.id }, data: { validTo: new Date(end.validTo) } });
      await recordAudit(client, actor, { action: 'tariff.end', subject: { ...end } });
      return ended;
    });
  }

  /** @throws BillingError `invalid_validity` | `waiver_overlap`; NotFoundException */
  endWaiver(end: End, actor: Actor): Promise<Waiver> {
    return this.#change(async (client, { tariffs, waivers }) => {
      const ended = endInPlace(named(waivers, end.id), end.validTo, actor.at);
      void new PriceList(tariffs, replaced(waivers, ended));
      await client.waiver.update({ where: { id: end.id }, data: { validTo: new Date(end.validTo) } });
      await recordAudit(client, actor, { action: 'waiver.end', subject: { ...end } });
      return ended;
    });
  }

  #change<T>(work: (client: Prisma.TransactionClient, prices: PriceList) => Promise<T>): Promise<T> {
    return this.database.transaction(async (client) => {
      // Readers go on; another change waits for this one, and then judges by what it left.
      await client.$executeRaw`LOCK TABLE tariff, waiver IN SHARE ROW EXCLUSIVE MODE`;
      return work(client, await readPrices(client));
    });
  }
}

export interface End {
  readonly id: string;
  /** Epoch ms, excluded. */
  readonly validTo: number;
}

async function readPrices(client: Prisma.TransactionClient): Promise<PriceList> {
  const order = { orderBy: [{ validFrom: 'asc' }, { id: 'asc' }] } satisfies Prisma.TariffFindManyArgs;
  const tariffs = await client.tariff.findMany(order);
  const waivers = await client.waiver.findMany(order);
  return new PriceList(tariffs.map(tariffOf), waivers.map(waiverOf));
}

function named<T extends { readonly id: string }>(entries: readonly T[], id: string): T {
  const entry = entries.find((candidate) => candidate.id === id);
  if (!entry) throw new NotFoundException(`There is no ${id}.`);
  return entry;
}

/** The table holds an entry as it is known now, with when it was first recorded; `audit_entry` knows when it ended. */
const endInPlace = <T extends EffectiveDated>(entry: T, validTo: number, now: number): T => ({
  ...endEntry(entry, validTo, now),
  recordedAt: entry.recordedAt,
});

const replaced = <T extends { readonly id: string }>(entries: readonly T[], by: T): readonly T[] =>
  entries.map((entry) => (entry.id === by.id ? by : entry));
