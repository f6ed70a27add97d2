import { expect, it } from 'vitest';
import type { IssuedCertificate } from './certificate-state.ts';
import { ORDINALS_A_PAGE } from './page-layout.ts';
import { StatusIndex } from './status-index.ts';
import { SEQUENTIAL } from './testing/serials.ts';

const { scheme, serialAt } = SEQUENTIAL;
const GOOD: IssuedCertificate = { notAfter: 0, carrier: 'card', status: { status: 'good' } };
const dateOf = (n: number): number => (n + 1) * 1000;
const held = (n: number, invalidityDate?: number): IssuedCertificate => ({
  ...GOOD,
  status: {
    status: 'revoked',
    reason: 'certificateHold',
    revocationDate: dateOf(n),
    ...(invalidityDate !== undefined && { invalidityDate }),
  },
});

/** All of the first page, none after its neighbour. */
const order = Array.from({ length: ORDINALS_A_PAGE }, (_, n) => (n * 1_597) % ORDINALS_A_PAGE);

function expectDates(index: StatusIndex, expected: readonly number[]): void {
  expect(Array.from(index.revokedEntries(), ({ revocationDate }) => revocationDate)).toEqual(expected.map(dateOf));
  for (const n of expected) {
    if ((index.lookup(serialAt(n)) as { revocationDate?: number }).revocationDate !== dateOf(n))
      throw new Error(`${n}`);
  }
}

const sorted = (ns: readonly number[]): number[] => ns.toSorted((one, other) => one - other);

it('a page holds and gives back as many revocations as it has ordinals, with and without invalidity dates', () => {
  const index = StatusIndex.create(scheme, { capacity: ORDINALS_A_PAGE });
  for (const n of order) index.put(serialAt(n), held(n));
  expectDates(index, sorted(order));
  index.put(serialAt(77), held(77, 5_000));
  expectDates(index, sorted(order));
  expect(index.lookup(serialAt(77))).toMatchObject({ invalidityDate: 5_000 });
  for (const n of order.slice(0, 1_500)) index.put(serialAt(n), GOOD);
  expectDates(index, sorted(order.slice(1_500)));
  expectDates(StatusIndex.decode(index.encode(), { capacity: ORDINALS_A_PAGE }), sorted(order.slice(1_500)));
});

it('what was given back is used again, by any page', () => {
  const index = StatusIndex.create(scheme, { capacity: 4 * ORDINALS_A_PAGE });
  const memory: number[] = [];
  for (let page = 0; page < 4; page += 1) {
    const ns = order.map((n) => page * ORDINALS_A_PAGE + n);
    for (const n of ns) index.put(serialAt(n), held(n));
    expectDates(index, sorted(ns));
    for (const n of ns) index.put(serialAt(n), GOOD);
    expect(index.revokedCount).toBe(0);
    memory.push(index.memory.entries.byteLength);
  }
  expect(new Set(memory).size).toBe(1);
});
