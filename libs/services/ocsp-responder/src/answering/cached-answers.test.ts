import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import { createTestCa } from '@kakunin/testing/test-ca';
import type { TestCa } from '@kakunin/testing/test-ca';
import * as fc from 'fast-check';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { ResponderSigner } from '../signing/responder-signer.ts';
import { EngineWorld, NOW, PERIOD, signerOf, TestAuthority } from '../testing/engine-world.ts';

const SERIALS = ['a1', 'b2', 'c3'] as const;
const revoked = (reason: 'certificateHold' | 'keyCompromise', revocationDate = NOW) =>
  ({ status: { status: 'revoked', revocationDate, reason } }) as const;

let ca: TestCa;
let signers: readonly [ResponderSigner, ResponderSigner];
beforeAll(async () => {
  ca = await createTestCa(PERIOD);
  signers = [await signerOf(ca), await signerOf(ca)];
});

const requestOf = (...serials: readonly string[]): Uint8Array =>
  encodeOcspRequest({ certIds: serials.map((serial) => certIdOf(ca.certificate, serial)) });
const withNonce = (serial: string): Uint8Array =>
  encodeOcspRequest({ certIds: [certIdOf(ca.certificate, serial)], nonce: Buffer.from('nonce') });

let authority: TestAuthority;
let world: EngineWorld;
beforeEach(() => {
  authority = new TestAuthority('signature-g1', ca, signers[0]);
  authority.put('a1');
  world = new EngineWorld([authority]);
});

/** Whether a question that follows the plain one is answered by the same signature. */
async function isServedFromCache(request: () => Uint8Array): Promise<boolean> {
  await world.answered(requestOf('a1'));
  await world.answered(request());
  return world.figures.answers('cached') === 1;
}

test('the same question is answered by the same signature, newer status data notwithstanding', async () => {
  const first = await world.answered(requestOf('a1'));
  world.now += 27_000;
  authority.asOf = world.now;
  const again = await world.answered(requestOf('a1'));
  expect(Buffer.from(again.basic.signature)).toEqual(Buffer.from(first.basic.signature));
  expect(again.answer.thisUpdate).toBe(first.answer.thisUpdate);
});

test('an answer that is given again is dated anew, and the one before it keeps its octets', async () => {
  const first = await world.answered(requestOf('a1'));
  world.now += 5_000;
  const again = await world.answered(requestOf('a1'));
  expect(again.head).toContain(`Date: ${new Date(NOW + 5_000).toUTCString()}\r\n`);
  expect(first.answer.response.toString('latin1')).toContain(`Date: ${new Date(NOW).toUTCString()}\r\n`);
});

test('changes elsewhere do not matter', async () => {
  expect(await isServedFromCache(() => (authority.put('b2'), requestOf('a1')))).toBe(true);
});

test('of each answer that is given again the usage is recorded', async () => {
  await isServedFromCache(() => requestOf('a1'));
  const [one, other] = world.journal.events;
  expect(world.journal.events).toHaveLength(2);
  expect(other).toEqual(one);
});

test.each<[string, () => Uint8Array]>([
  ['another certificate', () => requestOf('b2')],
  ['a nonce', () => withNonce('a1')],
  ['several certificates', () => requestOf('a1', 'a1')],
  ['a revocation', () => (authority.put('a1', revoked('keyCompromise')), requestOf('a1'))],
  ['the other carrier', () => (authority.put('a1', { carrier: 'smartphone' }), requestOf('a1'))],
  ['a renewed signer', () => ((authority.signer = signers[1]), (world.now += 1_000), requestOf('a1'))],
  ['another policy', () => ((authority.policy = { ...authority.policy }), (world.now += 1_000), requestOf('a1'))],
  ['age', () => ((world.now += 30_001 - 3_000), (authority.asOf = world.now), requestOf('a1'))],
  ['a clock that was set back', () => ((world.now -= 3_001), requestOf('a1'))],
])('%s is signed anew', async (_, change) => {
  expect(await isServedFromCache(change)).toBe(false);
});

test('what was never issued is signed anew once it was', async () => {
  const { basic } = await world.answered(requestOf('c3'));
  expect(basic.responses[0]!.certStatus.status).toBe('unknown');
  authority.put('c3');
  expect((await world.answered(requestOf('c3'))).basic.responses[0]!.certStatus.status).toBe('good');
});

test('another reason, and another date, are other answers', async () => {
  const statusOf = async () => (await world.answered(requestOf('a1'))).basic.responses[0]!.certStatus;
  for (const [reason, at] of [
    ['certificateHold', NOW - 2_000],
    ['certificateHold', NOW - 1_000],
    ['keyCompromise', NOW - 1_000],
  ] as const) {
    authority.put('a1', revoked(reason, at));
    expect(await statusOf()).toEqual({ status: 'revoked', revocationTime: at, reason });
    expect(await statusOf()).toEqual({ status: 'revoked', revocationTime: at, reason });
  }
});

test('nothing is given again about an authority that may not be answered about', async () => {
  await world.answered(requestOf('a1'));
  authority.blocked = true;
  expect(await world.ask(requestOf('a1')).first()).toEqual({ refusal: 'authority_blocked' });
});

/** What can happen between two questions. */
const serial = fc.constantFrom(...SERIALS);
const steps = fc.oneof(
  { weight: 8, arbitrary: fc.record({ ask: serial, nonce: fc.constant(false) }) },
  { weight: 1, arbitrary: fc.record({ ask: serial, nonce: fc.constant(true) }) },
  { weight: 4, arbitrary: fc.record({ put: serial, state: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ clock: fc.integer({ min: -2_000, max: 9_000 }) }) },
  { weight: 2, arbitrary: fc.constant({ followed: true }) },
  { weight: 1, arbitrary: fc.record({ signer: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ neverIssued: fc.constantFrom('unknown' as const, 'revoked' as const) }) },
  { weight: 1, arbitrary: fc.constant({ blocked: true }) },
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

const STATES = [
  {},
  revoked('certificateHold', NOW - 9_000),
  revoked('certificateHold', NOW - 8_000),
  { carrier: 'smartphone' },
] as const;

/** Two worlds over the same authority: one keeps answers, the other signs each anew. */
async function disturb(step: Exclude<Step, { ask: unknown }>, worlds: readonly EngineWorld[], it: TestAuthority) {
  if ('put' in step) it.put(step.put, STATES[step.state]);
  if ('signer' in step) it.signer = signers[step.signer];
  if ('neverIssued' in step) it.policy = { ...it.policy, neverIssued: step.neverIssued };
  // Files are looked at once a second.
  const passed = 'signer' in step || 'neverIssued' in step ? 1_000 : 0;
  for (const each of worlds) each.now += 'clock' in step ? step.clock : passed;
  if ('followed' in step) it.asOf = worlds[0]!.now;
  if (!('blocked' in step)) return;
  it.blocked = true;
  for (const each of worlds) expect(await saidBy(each, requestOf('a1'))).toEqual({ refusal: 'authority_blocked' });
  it.blocked = false;
}

async function saidBy(each: EngineWorld, request: Uint8Array) {
  const { refusal } = await each.ask(request).first();
  if (refusal !== undefined) return { refusal };
  const { basic, answer } = await each.answered(request);
  const { certStatus, thisUpdate, nextUpdate } = basic.responses[0]!;
  expect({ thisUpdate, nextUpdate }).toEqual({ thisUpdate: answer.thisUpdate, nextUpdate: answer.nextUpdate });
  expect(thisUpdate).toBeLessThanOrEqual(each.now);
  expect(each.now - thisUpdate).toBeLessThanOrEqual(60_000);
  expect(nextUpdate).toBeGreaterThan(each.now);
  return { certStatus, extensions: basic.extensions, signedBy: Buffer.from(basic.certificates[0]!).toString('hex') };
}

test('an answer that is given again never says other than a fresh one, whatever happened meanwhile', async () => {
  let givenAgain = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 40 }), async (taken) => {
      const it = new TestAuthority('signature-g1', ca, signers[0]);
      const [keeping, signing] = [new EngineWorld([it]), new EngineWorld([it], { cachedAnswers: 0 })];
      for (const step of taken) {
        if (!('ask' in step)) await disturb(step, [keeping, signing], it);
        else {
          const request = step.nonce ? withNonce(step.ask) : requestOf(step.ask);
          expect(await saidBy(keeping, request)).toEqual(await saidBy(signing, request));
        }
      }
      expect(signing.figures.answers('cached')).toBe(0);
      givenAgain += keeping.figures.answers('cached');
    }),
    { numRuns: 60 },
  );
  expect(givenAgain).toBeGreaterThan(60);
});
