import { randomUUID } from 'node:crypto';
import {
  type Disclosure,
  type MintedKey,
  namesInSector,
  PersonHistory,
  type PersonRecord,
  survivorOfMerge,
} from '@kakunin/persons';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AUTHORITY_ID, type RegistryWithPeople, startRegistryWithPeople } from '../testing/registry-with-people.ts';

let registry: RegistryWithPeople;
beforeAll(async () => void (registry = await startRegistryWithPeople(['sp-a', 'sp-b'])));
afterAll(() => registry.close());

const CERTIFICATES = 4;
const SECTORS = ['sp-a', 'sp-b'];
const certificate = fc.nat(CERTIFICATES - 1);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('identify' as const), certificate, sector: fc.nat(1) }) },
  fc.record({ kind: fc.constant('merge' as const), one: fc.nat(2), other: fc.nat(2) }),
  fc.record({ kind: fc.constant('split' as const), certificate, into: fc.nat(4) }),
  fc.record({ kind: fc.constant('retract' as const), edge: fc.nat(5) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The pure model beside the service: names are equal when and only when the model says that their keys are. */
class Model {
  history = PersonHistory.empty;
  readonly #keys: MintedKey[] = [];
  readonly #disclosures = SECTORS.map((): Disclosure[] => []);
  readonly #names = new Map<string, string>();
  readonly edges: string[] = [];
  #now = 0;

  person(name: string): string {
    if (!this.#keys.some(({ keyId }) => keyId === name)) this.#mint(name, name);
    return name;
  }

  view() {
    return this.history.at({ asOf: this.#now, knownAt: this.#now });
  }

  times(id: string) {
    const at = ++this.#now;
    return { id, effectiveFrom: at, recordedAt: at };
  }

  record(record: PersonRecord): boolean {
    try {
      this.history = this.history.record(record);
      return true;
    } catch {
      return false;
    }
  }

  merge(id: string, [one, other]: readonly [string, string]): boolean {
    const minted = [one, other].map((each) => this.#keys.find(({ keyId }) => keyId === this.view().survivorOf(each))!);
    const survivor = survivorOfMerge(minted[0]!, minted[1]!);
    const absorbed = minted.find(({ person }) => person !== survivor)?.person ?? survivor;
    return this.record({ kind: 'persons_merged', ...this.times(id), survivor, absorbed });
  }

  /** Checks that a name is the one that the model gives. */
  expectName(certificateId: string, sector: number, ppid: string): void {
    const view = this.view();
    const person = view.personOf(certificateId)!;
    const disclosures = this.#disclosures[sector]!;
    const given = namesInSector({ view, person, keys: this.#keys, disclosures });
    const keyId = given.keyId ?? this.#mint(`key ${this.#keys.length}`, person);
    const name = `${sector} ${keyId}`;
    const known = this.#names.get(name);
    if (known === undefined) expect([...this.#names.values()]).not.toContain(ppid);
    else expect(ppid).toBe(known);
    this.#names.set(name, ppid);
    disclosures.push({ keyId, certificate: certificateId, at: ++this.#now });
  }

  #mint(keyId: string, person: string): string {
    this.#keys.push({ keyId, person, mintedAt: ++this.#now });
    return keyId;
  }
}

async function play(steps: readonly Step[]): Promise<void> {
  const run = randomUUID();
  const model = new Model();
  const handle = (person: number): string => model.person(`${person} ${run}`);
  const reference = (holder: string) => ({ authorityId: AUTHORITY_ID, holder });
  const issued: IssuedCertificate[] = [];
  for (let each = 0; each < CERTIFICATES; each++) {
    const person = handle(each % 3);
    issued.push(await registry.issueTo(person));
    const times = { id: `holder ${each}`, effectiveFrom: 0, recordedAt: 0 };
    model.history = PersonHistory.of([
      ...model.history.records,
      { kind: 'holder_named', ...times, certificate: `${each}`, person },
    ]);
  }
  for (const each of steps) {
    const requestId = randomUUID();
    if (each.kind === 'identify') {
      const ppid = await registry.ppid(SECTORS[each.sector]!, issued[each.certificate]!);
      model.expectName(`${each.certificate}`, each.sector, ppid);
    } else if (each.kind === 'merge') {
      const persons = [handle(each.one), handle(each.other)] as const;
      const accepted = model.merge(requestId, persons);
      const body = { requestId, persons: persons.map(reference) };
      expect((await registry.ca('POST', '/persons/merges', body)).status).toBe(accepted ? 200 : 409);
      if (accepted) model.edges.push(requestId);
    } else if (each.kind === 'split') {
      const { certificatePem } = issued[each.certificate]!;
      const person = model.view().personOf(`${each.certificate}`)!;
      const into = handle(each.into);
      const certificates = [`${each.certificate}`];
      const accepted = model.record({ kind: 'person_split', ...model.times(requestId), person, into, certificates });
      const body = { requestId, person: { certificate: certificatePem }, into: reference(into) };
      const answer = await registry.ca('POST', '/persons/splits', { ...body, certificates: [certificatePem] });
      expect(answer.status).toBe(accepted ? 200 : 409);
      if (accepted) model.edges.push(requestId);
    } else {
      const retracts = model.edges[each.edge];
      if (retracts === undefined) continue;
      const { recordedAt } = model.times(requestId);
      const accepted = model.record({ kind: 'retraction', id: requestId, retracts, recordedAt });
      const answer = await registry.ca('POST', '/persons/retractions', { requestId, retracts });
      expect(answer.status).toBe(accepted ? 200 : 404);
    }
  }
}

it('names persons as the pure model does, whatever is merged, split and taken back in between', () =>
  fc.assert(fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 24 }), play), {
    numRuns: 5,
    endOnFailure: true,
  }));
