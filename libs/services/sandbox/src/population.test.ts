import { type ParsedLine, readCsvHeader } from '@kakunin/certificates';
import { expect, it } from 'vitest';
import { AUTHORITIES, type Plan } from './plan.ts';
import { csvOf, entriesOf } from './population.ts';
import { specimensOf } from './specimens.ts';

const plan: Plan = { seed: '00'.repeat(32), createdAt: Date.UTC(2026, 9, 1) };
const fingerprint = 'ab'.repeat(32);
const lists = AUTHORITIES.map((authority) => ({
  authority,
  entries: entriesOf(
    plan,
    authority,
    specimensOf(authority).map(() => fingerprint),
  ),
}));
const all = lists.flatMap(({ entries }) => entries);

it('counts 10,000 certificates, 500 of them revoked or held', () => {
  expect(all).toHaveLength(10_000);
  expect(all.filter(({ status }) => status !== 'good')).toHaveLength(500);
  expect(lists.map(({ entries }) => entries.filter(({ status }) => status !== 'good').length)).toEqual([
    125, 125, 125, 125,
  ]);
});

it('numbers no two certificates of an authority alike', () => {
  for (const { entries } of lists) expect(new Set(entries.map(({ serialNumber }) => serialNumber)).size).toBe(2_500);
});

it('is read by the importer to the last line', () => {
  for (const { entries } of lists) {
    const [header, ...rows] = csvOf(entries).trimEnd().split('\n');
    const reader = readCsvHeader(header!);
    if (!('parse' in reader)) throw new Error(reader.reason);
    const parsed: ParsedLine[] = rows.map((row, index) => reader.parse(index + 2, row));
    expect(parsed.filter((line) => 'reason' in line)).toEqual([]);
  }
});

it('says the same when it is asked again, and something else of another sandbox', () => {
  const [authority] = AUTHORITIES;
  expect(entriesOf(plan, authority!, [])).toEqual(entriesOf(plan, authority!, []));
  const other = entriesOf({ ...plan, seed: '11'.repeat(32) }, AUTHORITIES[2]!, []);
  expect(other[0]!.serialNumber).not.toBe(lists[2]!.entries[0]!.serialNumber);
});

it('names predecessors that the older generation holds, of the same person', () => {
  for (const { authority, entries } of lists.slice(2)) {
    const older = lists.find(
      (list) => list.authority.certificateClass === authority.certificateClass && list.authority.generation === 1,
    )!;
    const holders = new Map(
      older.entries.map(({ serialNumber, holder }) => [`${older.authority.authorityId}/${serialNumber}`, holder]),
    );
    const successors = entries.filter(({ predecessor }) => predecessor !== undefined);
    expect(successors.length).toBeGreaterThan(1_000);
    for (const { predecessor, holder } of successors) expect(holders.get(predecessor!)).toBe(holder);
  }
});

it('gives each person at most one certificate of an authority', () => {
  for (const { entries } of lists) expect(new Set(entries.map(({ holder }) => holder)).size).toBe(2_500);
});

it('revokes in the past and before the end of the certificate', () => {
  for (const { revocation, notAfter } of all) {
    if (revocation) expect(revocation.date).toBeLessThan(Math.min(plan.createdAt, notAfter));
  }
});
