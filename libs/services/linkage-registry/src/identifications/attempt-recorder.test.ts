import type { AuditLog } from '../audit/audit-log.ts';
import type { Clock } from '@kakunin/calendar';
import { personKeyOf } from '@kakunin/linkage';
import { DatabaseError } from '@kakunin/postgres';
import { expect, it } from 'vitest';
import type { RegistryDatabase } from '../database/registry-database.ts';
import type { NamingQuestion, PersonStore } from '../persons/person-store.ts';
import type { RegistryMetrics } from '../registry-metrics.ts';
import type { Attempt } from './attempt.ts';
import { AttemptRecorder } from './attempt-recorder.ts';

const key = personKeyOf(new Uint8Array(32));

/** A recorder over a database in which every challenge is fresh; it counts transactions. */
function recorderOver(open: (certificateId: string) => void, transaction = async () => undefined as unknown) {
  let groups = 0;
  const client = {
    query: async (text: string, [values]: [string[]]) => ({
      rows: text.startsWith('DELETE')
        ? values.map((challenge_id) => ({ challenge_id }))
        : values.map(() => ({ succeeded: false })),
    }),
  };
  const database = {
    transaction: async (work: (client: unknown) => Promise<unknown>) => {
      groups += 1;
      await transaction();
      return work(client);
    },
  };
  const persons = {
    holdNameable: async (_: unknown, personIds: readonly string[]) => new Set(personIds),
    keyInSector: async (_: unknown, { certificateId }: NamingQuestion) => (open(certificateId), { keyId: '1', key }),
  };
  const audit = {
    append: async (_: unknown, notes: readonly object[]) => notes.map(() => ({ hash: new Uint8Array() })),
  };
  const recorder = new AttemptRecorder(
    database as unknown as RegistryDatabase,
    persons as unknown as PersonStore,
    audit as unknown as AuditLog,
    { identificationGroups: { inc: () => undefined } } as unknown as RegistryMetrics,
    { now: () => 0 } as Clock,
  );
  return { recorder, groups: () => groups };
}

const attempt = (certificateId: string): Attempt => ({
  at: 0,
  use: { kind: 'possession', challengeId: certificateId },
  naming: { certificateId, serviceProvider: 'sp', person: { person_id: certificateId } as NamingQuestion['person'] },
  note: { at: 0, caller: 'pf', action: 'identification', purpose: 'login', outcome: 'refused' },
});
const many = ['1', '2', '3', '4', '5'];

it('writes what waits together', async () => {
  const { recorder, groups } = recorderOver(() => undefined);
  const recorded = await Promise.all(many.map((each) => recorder.record(attempt(each))));
  expect(recorded.every(({ personKey }) => personKey === key)).toBe(true);
  // The first at once, the others when it is done.
  expect(groups()).toBe(2);
});

it('lets one that fails fail alone', async () => {
  const { recorder } = recorderOver((certificateId) => {
    if (certificateId === '3') throw new Error('damaged');
  });
  const settled = await Promise.allSettled(many.map((each) => recorder.record(attempt(each))));
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
});

it('tells all when the database is away, and goes on when it is back', async () => {
  let away = true;
  const { recorder, groups } = recorderOver(
    () => undefined,
    async () => {
      if (away) throw new DatabaseError('database_unavailable', 'away');
    },
  );
  const settled = await Promise.allSettled(many.map((each) => recorder.record(attempt(each))));
  expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
  expect(groups()).toBe(2);
  away = false;
  expect((await recorder.record(attempt('6'))).personKey).toBe(key);
});
