import { setImmediate as turn } from 'node:timers/promises';
import { certIdOf, encodeOcspRequest, parseOcspResponse } from '@kakunin/ocsp';
import { Mutator } from '@kakunin/ocsp/testing/mutations';
import { createTestCa } from '@kakunin/testing/test-ca';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineWorld, PERIOD, signerOf, TestAuthority } from '../testing/engine-world.ts';
import type { TestReply } from '../testing/engine-world.ts';

const ROUNDS = 2_000;

async function worldOf(): Promise<{ readonly world: EngineWorld; readonly requests: readonly Uint8Array[] }> {
  const ca = await createTestCa(PERIOD);
  const authority = new TestAuthority('signature-g1', ca, await signerOf(ca));
  const certIds = ['a1', 'b2', 'c3'].map((serial) => certIdOf(ca.certificate, serial));
  for (const serial of ['a1', 'b2']) authority.put(serial);
  const nonce = Buffer.alloc(32, 1);
  const requests = [
    ...certIds.flatMap((certId) => [
      encodeOcspRequest({ certIds: [certId] }),
      encodeOcspRequest({ certIds: [certId], nonce }),
    ]),
    encodeOcspRequest({ certIds }),
    encodeOcspRequest({ certIds, nonce }),
  ];
  return { world: new EngineWorld([authority], { signingQueueLimit: 2 * ROUNDS }), requests };
}

/** Each reply was told exactly one thing; what was answered is an OCSPResponse, and was recorded. */
async function check(world: EngineWorld, replies: readonly TestReply[]): Promise<number> {
  await Promise.all(replies.map((reply) => reply.first()));
  await turn();
  const answers = replies.flatMap(({ said }) => {
    expect(said).toHaveLength(1);
    return said[0]!.answer ?? [];
  });
  for (const { response, bodyStart } of answers)
    expect(parseOcspResponse(response.subarray(bodyStart)).status).toBe('successful');
  expect(world.faults).toEqual([]);
  return answers.length;
}

test('whatever octets come are answered or refused, once', async () => {
  const { world } = await worldOf();
  const octets = fc.uint8Array({ maxLength: 200 });
  const replies: TestReply[] = [];
  fc.assert(fc.property(octets, (body) => void replies.push(world.ask(body))));
  expect(await check(world, replies)).toBe(0);
});

test('damaged requests are answered or refused, once, and charged only when answered', async () => {
  const { world, requests } = await worldOf();
  const mutator = new Mutator(20_261_122, requests);
  const replies = Array.from({ length: ROUNDS }, (_, round) =>
    world.ask(round % 4 === 0 ? requests[(round / 4) % requests.length]! : mutator.next()),
  );
  const answered = await check(world, replies);
  const { figures, journal } = world;
  expect(figures.answers('live') + figures.answers('cached')).toBe(answered);
  const outcomes = (['good', 'revoked', 'unknown'] as const).map((each) => figures.requests(each, 'signature'));
  // A repeated request with a nonce is answered again, and recorded once.
  expect(journal.events.length).toBeLessThanOrEqual(outcomes.reduce((sum, count) => sum + count));
  // Those that are whole, and some that are not.
  expect(answered).toBeGreaterThan(ROUNDS / 4);
  expect(ROUNDS - answered).toBeGreaterThan(ROUNDS / 4);
});
