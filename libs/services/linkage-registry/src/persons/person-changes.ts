import type { AuditDraft } from '@kakunin/audit';
import type { Clock } from '@kakunin/calendar';
import { PersonsError, survivorOfMerge } from '@kakunin/persons';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { resolvePersons } from '../certificates/person.store.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { Vault } from '../keys/vault.ts';
import { RegistryError } from '../registry-error.ts';
import { type Circle, loadCircle } from './circle.store.ts';
import {
  findRequest,
  insertRecord,
  markEntangled,
  personsOfRecord,
  type RecordedChange,
} from './person-record.store.ts';
import { type HolderReference, PersonDirectory, type PersonReference } from './person-reference.ts';
import { lockPersons, PersonStore } from './person-store.ts';
import { PersonTidings, type Told } from './person-tidings.ts';

interface Request {
  /** Becomes the id of the record; the same request again changes nothing. */
  readonly requestId: string;
  /** Tells what would be told, and changes nothing. */
  readonly dryRun: boolean;
}
export interface MergeRequest extends Request {
  readonly persons: readonly [PersonReference, PersonReference];
  readonly effectiveFrom?: number | undefined;
}
export interface SplitRequest extends Request {
  readonly person: PersonReference;
  readonly into: HolderReference;
  /** Those that go over, each with what succeeds it. */
  readonly certificates: readonly string[];
  readonly effectiveFrom?: number | undefined;
}
export interface RetractionRequest extends Request {
  readonly retracts: string;
}

export interface ChangeOutcome {
  readonly outcome: 'recorded' | 'unchanged' | 'dry_run';
  readonly told: Told;
}

/** What is to be recorded, and among whom. */
interface Plan {
  readonly circle: Circle;
  readonly record: RecordedChange;
}

/** Ends the transaction of a dry run, with what it found. */
class DryRun extends Error {
  constructor(readonly told: Told) {
    super('dry run');
  }
}

/** Mends who is who: by records that are only added, and with news to those whom it concerns. */
@Injectable()
export class PersonChanges {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(PersonDirectory) private readonly directory: PersonDirectory,
    @Inject(PersonStore) private readonly persons: PersonStore,
    @Inject(PersonTidings) private readonly tidings: PersonTidings,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Two persons are one. @throws RegistryError `person_unknown` | `effective_in_future`; PersonsError */
  merge(caller: string, request: MergeRequest): Promise<ChangeOutcome> {
    return this.#change(caller, request, 'person_merge', async (client) => {
      const [one, other] = [
        await this.directory.require(client, request.persons[0]),
        await this.directory.require(client, request.persons[1]),
      ];
      const circle = await loadCircle(client, [one, other]);
      const view = this.persons.viewOf(circle);
      const minted = [one, other].map((each) => mintedPerson(circle, view.survivorOf(each)));
      const survivor = survivorOfMerge(minted[0]!, minted[1]!);
      const absorbed = minted.find(({ person }) => person !== survivor)?.person ?? survivor;
      return { circle, record: { kind: 'persons_merged', ...this.#times(circle, request), survivor, absorbed } };
    });
  }

  /** Some certificates of a person are another's. @throws RegistryError `person_unknown` | `effective_in_future`; PersonsError */
  split(caller: string, request: SplitRequest): Promise<ChangeOutcome> {
    return this.#change(caller, request, 'person_split', async (client) => {
      const person = await this.directory.require(client, request.person);
      const holderIndex = await this.directory.holderIndex(client, request.into);
      await resolvePersons(client, this.vault, { holderIndexes: [holderIndex], now: this.clock.now() });
      const into = await this.directory.require(client, request.into);
      const certificates: string[] = [];
      for (const text of request.certificates)
        certificates.push((await this.directory.certificate(client, text)).certificateId);
      const circle = await loadCircle(client, [person, into]);
      const view = this.persons.viewOf(circle);
      const whole = view.survivorOf(person);
      if (certificates.some((each) => view.personOf(each) !== whole))
        throw new PersonsError('record_contradicts', 'A certificate that goes over is not one of the person.');
      return {
        circle,
        record: { kind: 'person_split', ...this.#times(circle, request), person: whole, into, certificates },
      };
    });
  }

  /** A merge or split was never so. @throws PersonsError `record_unknown` */
  retract(caller: string, request: RetractionRequest): Promise<ChangeOutcome> {
    return this.#change(caller, request, 'person_retraction', async (client) => {
      const persons = await personsOfRecord(client, request.retracts);
      if (persons.length === 0) throw new PersonsError('record_unknown', 'There is no such merge or split.');
      const circle = await loadCircle(client, persons);
      const { id, recordedAt } = this.#times(circle, request);
      return { circle, record: { kind: 'retraction', id, recordedAt, retracts: request.retracts } };
    });
  }

  async #change(
    caller: string,
    request: MergeRequest | SplitRequest | RetractionRequest,
    action: AuditDraft['action'],
    plan: (client: PoolClient) => Promise<Plan>,
  ): Promise<ChangeOutcome> {
    const { dryRun, ...asked } = request;
    try {
      return await this.database.transaction(async (client) => {
        await lockPersons(client);
        const requestIndex = this.vault.holderIndex('request', JSON.stringify(asked));
        if (await isRepeated(client, request.requestId, requestIndex)) return { outcome: 'unchanged', told: {} };
        const planned = await plan(client);
        await insertRecord(client, { record: planned.record, recordedBy: caller, requestIndex });
        const told = await this.#carryOut(client, planned);
        await this.tidings.enter(client, planned.circle.keys, { caller, action, purpose: 'correction' });
        if (dryRun) throw new DryRun(told);
        return { outcome: 'recorded', told };
      });
    } catch (error) {
      if (error instanceof DryRun) return { outcome: 'dry_run', told: error.told };
      throw error;
    }
  }

  async #carryOut(client: PoolClient, { circle, record }: Plan): Promise<Told> {
    const before = this.persons.viewOf(circle);
    const changed = { ...circle, history: circle.history.record(record) };
    const at = Math.max(record.recordedAt, this.clock.now());
    const after = changed.history.at({ asOf: at, knownAt: at });
    await markEntangled(client, circle.persons);
    return this.tidings.tellOfChange(client, circle, { before, after });
  }

  /** Clocks of several machines differ: a record is never earlier than those before it. */
  #times({ history }: Circle, request: Request & { readonly effectiveFrom?: number | undefined }) {
    const now = this.clock.now();
    const recordedAt = Math.max(now, ...history.records.map((record) => record.recordedAt));
    const effectiveFrom = request.effectiveFrom ?? recordedAt;
    if (effectiveFrom > recordedAt)
      throw new RegistryError('effective_in_future', 'Who is who is recorded when it is so: this is yet to come.');
    return { id: request.requestId, effectiveFrom, recordedAt };
  }
}

/** @throws PersonsError `record_differs` */
export async function isRepeated(client: PoolClient, requestId: string, requestIndex: Buffer): Promise<boolean> {
  const known = await findRequest(client, requestId);
  if (known && !known.equals(requestIndex))
    throw new PersonsError('record_differs', 'Something else was asked under this request id.');
  return known !== undefined;
}

function mintedPerson({ keys, erased }: Circle, person: string) {
  const first = keys.find((key) => key.keyId === person);
  if (!first || erased.has(person)) throw new RegistryError('person_unknown', 'Nobody that is known here is meant.');
  return { person, mintedAt: first.mintedAt };
}
