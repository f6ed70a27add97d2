import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuzzParsers } from './fuzz/fuzz-parsers.ts';
import { fuzzResponder } from './fuzz/fuzz-responder.ts';
import { type FuzzedSystem, startFuzzedSystem } from './fuzz/fuzzed-system.ts';
import { isFlat } from './fuzz/watch-memory.ts';
import { startSandboxCopy } from './support/sandbox-copy.ts';

/** The short form of `npm run fuzz`. */
const ROUNDS = 20_000;
const REQUESTS = 3_000;

const seed = Date.now() % 2 ** 31;
const quietly = (): void => {};

test('damaged requests through the parsers: read or refused, nothing thrown', () => {
  const { read, refused } = fuzzParsers(seed, ROUNDS, quietly);
  expect(Math.min(read, refused)).toBeGreaterThan(ROUNDS / 20);
});

let system: FuzzedSystem;
beforeAll(async () => {
  system = await startFuzzedSystem(startSandboxCopy);
});
afterAll(() => system.stop());

test('damaged requests to the whole system: an OCSPResponse or HTTP 4xx, always, and no leak', async () => {
  const { statuses, memory } = await fuzzResponder({ ...system, seed, requests: REQUESTS, say: quietly });
  expect(statuses.get(200)).toBeGreaterThan(REQUESTS / 2);
  expect(statuses.get(400)).toBeGreaterThan(0);
  expect(isFlat(memory)).toBe(true);
});
