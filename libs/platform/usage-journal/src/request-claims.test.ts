import { expect, it } from 'vitest';
import { admitClaimant, claimantAt, RequestClaims } from './request-claims.ts';
import { createRetryWindow } from './retry-window-memory.ts';
import { requestDigestOf } from './testing/usage-events.ts';

const digest = requestDigestOf(1);
const fresh = () => createRetryWindow({ lengthMs: 60_000, capacity: 1 });

it('is held by one at a time, whoever asks, until it is released', () => {
  const memory = fresh();
  const [one, other] = [0, 1].map((place) => new RequestClaims(memory, admitClaimant(memory, place)));
  expect([one?.take(digest, 0), one?.take(digest, 0), other?.take(digest, 0)]).toEqual([true, false, false]);
  expect([one?.holds(digest, 0), other?.holds(digest, 0)]).toEqual([true, false]);
  expect(other?.take(requestDigestOf(2), 0)).toBe(true);
  one?.release(digest, 0);
  expect([other?.take(digest, 0), one?.take(digest, 0)]).toEqual([true, false]);
});

it('ends with its worker, once what that one recorded is remembered', () => {
  const memory = fresh();
  const dead = new RequestClaims(memory, admitClaimant(memory, 3));
  const other = new RequestClaims(memory, admitClaimant(memory, 1));
  dead.take(digest, 0);
  expect(other.take(digest, 0)).toBe(false);
  expect(new RequestClaims(memory, claimantAt(memory, 3)).holds(digest, 0)).toBe(true);
  const successor = new RequestClaims(memory, admitClaimant(memory, 3));
  expect(other.take(digest, 0)).toBe(true);
  expect(successor.take(digest, 0)).toBe(false);
});
