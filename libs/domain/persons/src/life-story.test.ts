import { createHash } from 'node:crypto';
import { derivePpid, type PersonKey, personKeyOf, type Ppid, sectorKeyOf } from '@kakunin/linkage';
import { describe, expect, it } from 'vitest';
import { type Disclosure, type MintedKey, namesInSector } from './names-in-sector.ts';
import { PersonHistory } from './person-history.ts';
import type { PersonRecord } from './person-record.ts';

const octetsOf = (seed: string): Uint8Array => createHash('sha256').update(seed).digest();

/** A registry as small as it can be: what it keeps, and how it answers. */
class Registry {
  history = PersonHistory.empty;
  readonly #keys: (MintedKey & { readonly key: PersonKey })[] = [];
  readonly #disclosures: (Disclosure & { readonly sector: string })[] = [];
  #now = 0;

  record(record: { readonly kind: PersonRecord['kind'] } & Readonly<Record<string, unknown>>): string {
    const at = (this.#now += 1);
    const id = `record ${at}`;
    this.history = this.history.record({ id, effectiveFrom: at, recordedAt: at, ...record } as unknown as PersonRecord);
    return id;
  }

  mint(person: string): void {
    const keyId = `key ${this.#keys.length}`;
    this.#keys.push({ keyId, person, mintedAt: this.#now, key: personKeyOf(octetsOf(keyId)) });
  }

  identify(sector: string, certificate: string): Ppid | undefined {
    const at = (this.#now += 1);
    const view = this.history.at({ asOf: at, knownAt: at });
    const person = view.personOf(certificate);
    if (person === undefined) return undefined;
    const disclosures = this.#disclosures.filter((each) => each.sector === sector);
    const { keyId } = namesInSector({ view, person, keys: this.#keys, disclosures });
    const key = this.#keys.find((each) => each.keyId === keyId);
    if (!key) {
      this.mint(person);
      return this.identify(sector, certificate);
    }
    this.#disclosures.push({ sector, keyId: key.keyId, certificate, at });
    return derivePpid(sectorKeyOf(octetsOf(sector)), key.key);
  }
}

function registryWithAnn(): Registry {
  const registry = new Registry();
  registry.mint('ann');
  registry.record({ kind: 'holder_named', certificate: 'card', person: 'ann' });
  registry.record({ kind: 'holder_named', certificate: 'phone', person: 'ann' });
  return registry;
}

describe('account recovery', () => {
  it('phone lost, new card: the account is found by the same name', () => {
    const registry = registryWithAnn();
    const atRegistration = registry.identify('bank', 'phone');
    registry.record({ kind: 'certificate_succeeded', successor: 'new card', predecessor: 'card' });
    expect(registry.identify('bank', 'new card')).toBe(atRegistration);
    expect(atRegistration).toHaveLength(34);
  });

  it('moved, and a clerk made her a second person: once that is mended, bank and shop know her as before', () => {
    const registry = registryWithAnn();
    const bank = registry.identify('bank', 'card');
    registry.mint('ann again');
    registry.record({ kind: 'holder_named', certificate: 'card after moving', person: 'ann again' });
    const shop = registry.identify('shop', 'card after moving');
    registry.record({ kind: 'persons_merged', survivor: 'ann', absorbed: 'ann again' });
    for (const certificate of ['card', 'phone', 'card after moving']) {
      expect([registry.identify('bank', certificate), registry.identify('shop', certificate)]).toEqual([bank, shop]);
    }
  });

  it('two people of one name were made one: nobody enters an account of the other', () => {
    const registry = registryWithAnn();
    registry.mint('other ann');
    registry.record({ kind: 'holder_named', certificate: 'other card', person: 'other ann' });
    const mistake = registry.record({ kind: 'persons_merged', survivor: 'ann', absorbed: 'other ann' });
    const opened = registry.identify('bank', 'other card');
    registry.record({ kind: 'retraction', retracts: mistake });
    expect(registry.identify('bank', 'other card')).toBe(opened);
    const anns = registry.identify('bank', 'card');
    expect(anns).not.toBe(opened);
    expect(registry.identify('bank', 'phone')).toBe(anns);
  });
});

describe('leaks', () => {
  it('two services that join their tables find nobody in both', () => {
    const registry = new Registry();
    const people = Array.from({ length: 300 }, (_, index) => `person ${index}`);
    for (const person of people) {
      registry.mint(person);
      registry.record({ kind: 'holder_named', certificate: person, person });
    }
    const [bank, shop] = ['bank', 'shop'].map((sector) => people.map((each) => registry.identify(sector, each)!));
    expect(new Set([...bank!, ...shop!]).size).toBe(600);
    // Nor by order: ranks in the one table say nothing of ranks in the other (four standard deviations).
    const ranks = (names: readonly string[]): number[] =>
      names.map((name) => names.filter((each) => each < name).length);
    const [one, other] = [ranks(bank!), ranks(shop!)];
    const sum = one.reduce((total, rank, index) => total + (rank - other[index]!) ** 2, 0);
    expect(Math.abs(1 - (6 * sum) / (300 * (300 ** 2 - 1)))).toBeLessThan(4 / Math.sqrt(299));
  });
});
