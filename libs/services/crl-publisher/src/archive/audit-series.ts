import { crlKeyOfRecord, EvidenceError, type RecordFacts, recordKeyOf, type RecordLink } from '@kakunin/evidence';
import type { ObjectStore } from '@kakunin/objects';
import { crlKey, crlPointer, type CrlSeries } from '@kakunin/publication';
import type { Certificate } from '@kakunin/x509';
import type { ArchivedCrls } from './archived-crls.ts';
import type { AuditFinding } from './audit-finding.ts';
import { auditRecord } from './audit-record.ts';
import type { CrlRecords } from './crl-records.ts';

export interface AuditedSeries {
  readonly series: CrlSeries;
  readonly authority: Certificate;
  readonly store: ObjectStore;
  readonly records: CrlRecords;
  readonly archived: ArchivedCrls;
}

/** What a series has come to. */
export interface AuditedChain {
  readonly records: number;
  /** SHA-256 of the newest record; undefined when it is not there. */
  readonly head: string | undefined;
}

/**
 * Goes through the records of a series from the newest, at which the public's pointer stands, to the first, along their
 * links; where one is gone it goes on with the next older that lies there.
 */
export async function* auditSeries(audited: AuditedSeries): AsyncGenerator<AuditFinding, AuditedChain> {
  const { series, store, records } = audited;
  const newest = await store.target(crlPointer(series));
  const lying = await keysOf(store, series);
  /** What newer records say of older ones. */
  const named = new Map<string, RecordLink[]>();
  let head: string | undefined;
  let visited = 0;
  let newer: RecordFacts | undefined;
  for (let key = newest; key !== undefined;) {
    while (lying.length > 0 && isNewer(lying.at(-1)!, key)) yield { finding: 'record_unlinked', key: lying.pop()! };
    const found = lying.at(-1) === key ? lying.pop() : undefined;
    visited += found ? 1 : 0;
    const facts = found === undefined ? undefined : await readable(records, key);
    if (key === newest && found !== undefined) head = await records.sha256(key);
    if (!facts) yield { finding: found === undefined ? 'record_missing' : 'record_damaged', key };
    else yield* auditLinked({ ...audited, facts, newer, named: named.get(key) ?? [], isNewest: key === newest });
    named.delete(key);
    for (const link of [facts?.predecessor, facts?.skip]) if (link) note(named, link);
    newer = facts;
    key = facts ? facts.predecessor?.crl : lying.at(-1);
  }
  for (const key of lying.toReversed()) yield { finding: 'record_unlinked', key };
  return { records: visited, head };
}

interface Linked extends AuditedSeries {
  readonly facts: RecordFacts;
  /** The record that names this one its predecessor; undefined where there is none, or it is gone. */
  readonly newer: RecordFacts | undefined;
  readonly named: readonly RecordLink[];
  readonly isNewest: boolean;
}

async function* auditLinked({ facts, newer, named, ...audited }: Linked): AsyncGenerator<AuditFinding> {
  const key = crlKey(facts.crl, facts.crl.crlNumber);
  const sha256 = await audited.records.sha256(key);
  if (named.some((link) => link.sha256 !== sha256)) yield { finding: 'record_altered', key };
  const follows = !newer || (newer.index === facts.index + 1 && newer.crl.crlNumber > facts.crl.crlNumber);
  const isFirst = facts.predecessor === undefined;
  if (!follows || isFirst !== (facts.index === 0)) yield { finding: 'order_broken', key };
  for (const finding of await auditRecord({ ...audited, facts })) yield { finding, key };
}

/** Of a record that says that it is about another CRL, nothing is to be read either. */
async function readable(records: CrlRecords, key: string): Promise<RecordFacts | undefined> {
  try {
    const facts = await records.facts({ crl: key });
    return crlKey(facts.crl, facts.crl.crlNumber) === key ? facts : undefined;
  } catch (error) {
    if (error instanceof EvidenceError) return undefined;
    throw error;
  }
}

function note(named: Map<string, RecordLink[]>, link: RecordLink): void {
  named.set(link.crl, [...(named.get(link.crl) ?? []), link]);
}

/** Keys of the CRLs of a series that have a record, oldest first. */
async function keysOf(store: ObjectStore, series: CrlSeries): Promise<string[]> {
  const folder = recordKeyOf(crlKey(series, 0n)).replace(/[^/]+$/, '');
  const numbers: bigint[] = [];
  for await (const { key } of store.list(folder)) {
    const crl = crlKeyOfRecord(key) ?? '';
    const number = numberOf(crl);
    if (number !== undefined && crlKey(series, number) === crl) numbers.push(number);
  }
  return numbers.sort((one, other) => (one < other ? -1 : 1)).map((number) => crlKey(series, number));
}

const numberOf = (key: string): bigint | undefined => {
  const [digits] = /^\d{1,48}/.exec(key.slice(key.lastIndexOf('/') + 1)) ?? [];
  return digits === undefined ? undefined : BigInt(digits);
};

const isNewer = (one: string, other: string): boolean => (numberOf(one) ?? 0n) > (numberOf(other) ?? 0n);
