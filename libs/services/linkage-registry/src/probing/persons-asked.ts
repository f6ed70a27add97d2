import { type Clock, jstDateOf } from '@kakunin/calendar';
import { DistinctCounter } from '@kakunin/probing';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import { Vault } from '../keys/vault.ts';
import { RegistryError } from '../registry-error.ts';
import { type CallLimit, limitOf } from './call-limits.store.ts';
import { keyOfDay, lockCounter, readCounter, writeCounter } from './persons-asked.store.ts';

/** What is known of a caller today: in memory, and in the database as of the last round. */
interface Tally {
  readonly day: string;
  readonly counter: DistinctCounter;
  readonly key: Uint8Array;
  limit: CallLimit;
  /** About how many persons, all processes together. */
  persons: number;
  changed: boolean;
}

/** About how many different persons each caller asked about today (Asia/Tokyo). */
@Injectable()
export class PersonsAsked {
  #day = '';
  readonly #tallies = new Map<string, Promise<Tally>>();

  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws RegistryError `persons_exhausted` */
  async admit(caller: string, standard: CallLimit): Promise<void> {
    const { persons, limit } = await this.#tallyOf(caller, standard);
    if (persons <= limit.personsPerDay) return;
    throw new RegistryError(
      'persons_exhausted',
      'You have asked about as many persons today as you may: ask again tomorrow (Asia/Tokyo), or have the operator raise your limit.',
    );
  }

  /** Counts a person, after {@link admit}. */
  async add(caller: string, personId: string, standard: CallLimit): Promise<void> {
    const tally = await this.#tallyOf(caller, standard);
    tally.counter.add(personId);
    tally.changed = true;
  }

  /** Puts what was counted together with what other processes did. */
  async share(standard: CallLimit): Promise<void> {
    for (const [caller, reading] of this.#tallies) {
      const tally = await reading;
      tally.limit = await limitOf(this.database, caller, standard);
      if (!tally.changed) continue;
      tally.changed = false;
      await this.#merge(caller, tally).catch((error: unknown) => {
        tally.changed = true;
        throw error;
      });
      tally.persons = tally.counter.estimate();
    }
  }

  #merge(caller: string, { day, key, counter }: Tally): Promise<void> {
    return this.database.transaction(async (client) => {
      const before = await lockCounter(client, day, caller);
      if (before) counter.merge(new DistinctCounter(key, before));
      await writeCounter(client, { day, caller, counter: counter.octets() });
    });
  }

  #tallyOf(caller: string, standard: CallLimit): Promise<Tally> {
    const day = jstDateOf(this.clock.now());
    if (day !== this.#day) {
      this.#day = day;
      this.#tallies.clear();
    }
    let reading = this.#tallies.get(caller);
    if (!reading) {
      reading = this.#read(day, caller, standard);
      reading.catch(() => this.#tallies.delete(caller));
      this.#tallies.set(caller, reading);
    }
    return reading;
  }

  async #read(day: string, caller: string, standard: CallLimit): Promise<Tally> {
    const key = await keyOfDay(this.database, this.vault, day);
    const counter = new DistinctCounter(key, await readCounter(this.database, day, caller));
    const limit = await limitOf(this.database, caller, standard);
    return { day, counter, key, limit, persons: counter.estimate(), changed: false };
  }
}
