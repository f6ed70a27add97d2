import { type CertificateRecord, type CertificateStatus, release, revoke } from '@kakunin/certificates';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { authority, persons, vault } from '../testing/some-authority.ts';
import { type CertificateDraft, CertificateDrafts } from './certificate-draft.ts';
import type { CertificateWork, StatusChange } from './certificate-work.ts';
import { ChangeSet } from './change-set.ts';
import { nameRecord } from './named-record.ts';

const NOW = 1_790_000_000_000;

/** An authority's certificates in memory; each call to `together` is a transaction. */
class Memory {
  readonly drafts = new CertificateDrafts();
  readonly told: unknown[] = [];
  readonly outcomes: unknown[] = [];

  together(works: readonly CertificateWork[]): ChangeSet {
    const set = new ChangeSet({ drafts: this.drafts, persons, certHash: true, partitioned: false, now: NOW });
    for (const { records, changes } of works) {
      this.outcomes.push(set.register(records.map((record) => nameRecord(vault, authority, record))));
      for (const change of changes) {
        const serialIndex = vault.serialIndex(authority.authorityId, change.serialNumber);
        this.outcomes.push(set.changeStatus({ authorityId: authority.authorityId, serialIndex }, change));
      }
    }
    const news = set.news.map(({ draft, type }) => [draft.serialIndex, type]);
    // News, events and revocations each have an order of their own.
    this.told.push(...set.events, ...news, ...set.cameRevoked.map((draft) => [draft.serialIndex, draft.status]));
    return set;
  }

  get rows(): readonly object[] {
    return this.drafts.all().map((draft) => {
      return { ...rowOf(draft), after: [...draft.predecessors].map(({ serialIndex }) => serialIndex) };
    });
  }
}

/** What a certificate's row keeps. */
const rowOf = (draft: CertificateDraft) => {
  const { serialIndex, carrier, notAfter, status, statusSince, personId, fingerprintIndex } = draft;
  return structuredClone({ serialIndex, carrier, notAfter, status, statusSince, personId, fingerprintIndex });
};

const serial = fc.constantFrom('1', '2', '3', '4');
const held: CertificateStatus = { status: 'revoked', revocationDate: NOW, reason: 'certificateHold' };
const gone: CertificateStatus = { status: 'revoked', revocationDate: NOW, reason: 'superseded' };
const record: fc.Arbitrary<CertificateRecord> = fc
  .record(
    {
      serialNumber: serial,
      status: fc.constantFrom(held, gone),
      holder: fc.constantFrom('a', 'b'),
      predecessor: fc.record({ serialNumber: serial }),
      fingerprint: fc.constantFrom('ab'.repeat(32), 'cd'.repeat(32)),
    },
    { requiredKeys: ['serialNumber'] },
  )
  .map((made) => ({ ...made, notAfter: NOW }));
const change: fc.Arbitrary<StatusChange> = fc.record({
  serialNumber: serial,
  change: fc.constantFrom<StatusChange['change']>(
    (current, now) => revoke(current, { reason: 'superseded' }, now),
    (current, now) => revoke(current, { reason: 'certificateHold' }, now),
    release,
    (current) => current,
  ),
  restated: fc.boolean(),
});
const work: fc.Arbitrary<CertificateWork> = fc.oneof(
  fc.array(record, { minLength: 1, maxLength: 3 }).map((records) => ({ records, changes: [] })),
  change.map((one) => ({ records: [], changes: [one] })),
);
const works = fc.array(work, { maxLength: 8 });

/** What a thing is told of, in its order: of one certificate, and of one kind. */
const byKind = (told: readonly unknown[]) => ({
  events: told.filter((each) => !Array.isArray(each)),
  others: told
    .filter((each) => Array.isArray(each))
    .map((each) => JSON.stringify(each))
    .sort(),
});

it('leaves, answers and tells what the works would one after the other, each committed by itself', () => {
  fc.assert(
    fc.property(works, works, (before, group) => {
      const [one, other] = [new Memory(), new Memory()];
      for (const memory of [one, other]) for (const each of before) memory.together([each]);
      one.together(group);
      for (const each of group) other.together([each]);
      expect(one.outcomes).toEqual(other.outcomes);
      expect(byKind(one.told)).toEqual(byKind(other.told));
      expect(one.rows).toEqual(other.rows);
    }),
  );
});

it('writes every row that is another one than before', () => {
  fc.assert(
    fc.property(works, works, (before, group) => {
      const memory = new Memory();
      memory.together(before);
      for (const draft of memory.drafts.all()) delete draft.changed;
      const rows = new Map(memory.drafts.all().map((draft) => [draft, rowOf(draft)]));
      const { created, changed, successions } = memory.together(group);
      for (const draft of memory.drafts.all()) {
        const was = rows.get(draft);
        expect(created.has(draft)).toBe(was === undefined);
        if (was && JSON.stringify(was) !== JSON.stringify(rowOf(draft))) expect(changed).toContain(draft);
      }
      for (const { successor, predecessor } of successions) expect(successor.predecessors).toContain(predecessor);
    }),
  );
});
