import { setImmediate as turn } from 'node:timers/promises';
import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import { createTestCa } from '@kakunin/testing/test-ca';
import type { TestCa } from '@kakunin/testing/test-ca';
import type { SigningKey } from '@kakunin/x509';
import { X509Error } from '@kakunin/x509';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ResponderSigner } from '../signing/responder-signer.ts';
import {
  EngineWorld,
  mtlsConnection,
  NOW,
  PERIOD,
  signerOf,
  TestAuthority,
  TestReply,
} from '../testing/engine-world.ts';
import type { Said } from '../testing/engine-world.ts';

let ca: TestCa;
let signer: ResponderSigner;
beforeAll(async () => {
  ca = await createTestCa(PERIOD);
  signer = await signerOf(ca);
});

let authority: TestAuthority;
let world: EngineWorld;
const start = (options: ConstructorParameters<typeof EngineWorld>[1] = {}): void => {
  world = new EngineWorld([authority], options);
  for (const code of ['pf', 'other-pf']) {
    const credentials = [{ fingerprint: fingerprintOf(code), ...PERIOD }];
    world.directory.put({ ...world.directory.get(code)!, credentials });
  }
};
beforeEach(() => {
  authority = new TestAuthority('signature-g1', ca, signer);
  authority.put('a1');
  start();
});

const fingerprintOf = (code: string): string => Buffer.from(code).toString('hex').padEnd(64, '0');
let nonces = 0;
const request = (nonce?: Uint8Array): Uint8Array =>
  encodeOcspRequest({ certIds: [certIdOf(ca.certificate, 'a1')], ...(nonce && { nonce }) });
const uniqueRequest = (): Uint8Array => request(Buffer.from(`nonce ${(nonces += 1)}`));
const FOR_ITSELF = { serviceProvider: '', purpose: 'signature_verification' } as const;
const askAs = (code: string): TestReply =>
  world.ask(uniqueRequest(), { connection: mtlsConnection(fingerprintOf(code)), path: FOR_ITSELF });
const several = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** What has been said so far, in words: the outcomes of replies, in their order. */
const outcomes = (replies: readonly TestReply[]): readonly string[] =>
  replies.map(({ said }) => said.map(({ refusal }: Said) => refusal ?? 'answered').join());
const firstOf = (replies: readonly TestReply[]): Promise<Said[]> => Promise.all(replies.map((reply) => reply.first()));

describe('the queue of signatures', () => {
  test('that is full answers tryLater at once, and the others later', async () => {
    start({ signingQueueLimit: 3 });
    const replies = several(5, () => askAs('pf'));
    expect(outcomes(replies)).toEqual(['', '', '', 'overloaded', 'overloaded']);
    expect(world.engine.waiting).toBe(3);
    await firstOf(replies);
    expect(outcomes(replies)).toEqual(['answered', 'answered', 'answered', 'overloaded', 'overloaded']);
    expect(world.journal.events).toHaveLength(3);
    expect(world.engine.waiting).toBe(0);
  });

  test('lets a modest caller in, at the cost of the greedy one, and serves it first', async () => {
    start({ signingQueueLimit: 10 });
    const order: string[] = [];
    const watched = (code: string): TestReply => {
      const reply = askAs(code);
      void reply.first().then(({ refusal }) => order.push(`${code} ${refusal ?? 'answered'}`));
      return reply;
    };
    const replies = [...several(20, () => watched('pf')), watched('other-pf')];
    await firstOf(replies);
    await turn();
    const answered = order.filter((each) => each.endsWith('answered'));
    expect(answered).toHaveLength(10);
    expect(answered.indexOf('other-pf answered')).toBeLessThanOrEqual(1);
  });

  test('gives cached answers their way meanwhile', async () => {
    await world.answered(request());
    const live = several(50, () => askAs('pf'));
    const cached = await world.ask(request()).first();
    expect(cached.refusal).toBeUndefined();
    expect(outcomes(live)).toContain('');
    await firstOf(live);
  });

  test('drops those who have gone: not signed, not charged', async () => {
    const replies = several(4, () => askAs('pf'));
    replies[1]!.wanted = false;
    replies[3]!.wanted = false;
    await firstOf([replies[0]!, replies[2]!]);
    await turn();
    expect(outcomes(replies)).toEqual(['answered', '', 'answered', '']);
    expect(world.journal.events).toHaveLength(2);
    expect(world.signing.signed).toBe(2);
  });

  test('identical questions without a nonce share a signature, and each is charged', async () => {
    const replies = several(5, () => world.ask(request()));
    await firstOf(replies);
    expect(world.signing.signed).toBe(1);
    expect(world.journal.events).toHaveLength(5);
  });

  test('what has become of the authority meanwhile is what is answered', async () => {
    const replies = [askAs('pf'), askAs('pf')];
    authority.put('a1', { status: { status: 'revoked', revocationDate: NOW, reason: 'keyCompromise' } });
    await firstOf(replies);
    expect(world.journal.events.map(({ outcome }) => outcome)).toEqual(['revoked', 'revoked']);
    const blocked = askAs('pf');
    authority.blocked = true;
    expect(await blocked.first()).toEqual({ refusal: 'authority_blocked' });
  });
});

/** A key in a device: it signs when it is told to. */
class Device {
  readonly asked: { readonly sign: () => void; readonly fail: () => void }[] = [];
  readonly signer: ResponderSigner;

  constructor({ key, ...rest }: ResponderSigner) {
    const { algorithm, publicKey, signChunks } = key;
    const device: SigningKey = { algorithm, publicKey, signChunks, sign: (data) => this.#take(key, data) };
    this.signer = { ...rest, key: device };
  }

  signAll(): void {
    for (const { sign } of this.asked.splice(0)) sign();
  }

  #take(key: SigningKey, data: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const sign = (): void => resolve(key.sign(data));
      this.asked.push({ sign, fail: () => reject(new X509Error('signer_failed', 'away')) });
    });
  }
}

describe('a key in a device', () => {
  let device: Device;
  beforeEach(() => {
    device = new Device(signer);
    authority.signer = device.signer;
  });
  afterEach(() => void vi.useRealTimers());

  /** Signs whatever is asked for until everybody has an answer. */
  async function finish(replies: readonly TestReply[]): Promise<void> {
    while (outcomes(replies).includes('')) {
      device.signAll();
      await turn();
    }
  }

  test('is asked for a few signatures at once; the others wait', async () => {
    const replies = several(9, () => askAs('pf'));
    expect(device.asked).toHaveLength(4);
    expect(world.engine.waiting).toBe(5);
    await finish(replies);
    expect(outcomes(replies)).toEqual(several(9, () => 'answered'));
  });

  test('signs once for identical questions, unless the status has changed since', async () => {
    const before = several(3, () => world.ask(request()));
    expect(device.asked).toHaveLength(1);
    authority.put('a1', { status: { status: 'revoked', revocationDate: NOW, reason: 'keyCompromise' } });
    const after = several(3, () => world.ask(request()));
    expect(device.asked).toHaveLength(2);
    await finish([...before, ...after]);
    expect(world.journal.events.map(({ outcome }) => outcome)).toEqual([
      ...several(3, () => 'good'),
      ...several(3, () => 'revoked'),
    ]);
    expect(world.figures.answers('live')).toBe(6);
  });

  test('that failed refuses all who wait, and charges nobody; it is used again at once', async () => {
    const replies = several(9, () => askAs('pf'));
    device.asked[0]!.fail();
    await firstOf([replies[0]!, replies[8]!]);
    expect(outcomes(replies).filter((each) => each === 'signer_unavailable')).toHaveLength(6);
    expect(world.signing.failed).toBe(1);
    device.asked.shift();
    const next = askAs('pf');
    await finish([...replies, next]);
    expect(outcomes([next])).toEqual(['answered']);
    expect(world.journal.events).toHaveLength(4);
  });

  test('that hangs is waited for a while; then tryLater, at once to those who would have to wait; it recovers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const replies = several(6, () => askAs('pf'));
    vi.advanceTimersByTime(4_999);
    await turn();
    expect(outcomes(replies)).toEqual(several(6, () => ''));
    vi.advanceTimersByTime(1);
    await turn();
    expect(outcomes(replies)).toEqual(several(6, () => 'signer_unavailable'));
    const next = several(5, () => askAs('pf'));
    expect(outcomes(next)).toEqual(['', '', '', '', 'signer_unavailable']);
    device.asked.splice(0, 4);
    await finish(next);
    const last = several(6, () => askAs('pf'));
    await finish(last);
    expect(outcomes(last)).toEqual(several(6, () => 'answered'));
  });

  test('does not sign for those who have gone, nor charges who goes meanwhile', async () => {
    const replies = several(6, () => askAs('pf'));
    replies[0]!.wanted = false;
    replies[5]!.wanted = false;
    await finish(replies.slice(1, 5));
    expect(outcomes(replies)).toEqual(['', 'answered', 'answered', 'answered', 'answered', '']);
    expect(world.journal.events).toHaveLength(4);
    expect(world.signing.signed).toBe(5);
  });

  test('that was replaced by a file, or replaces one, meanwhile: the new one signs for those who still wait', async () => {
    const replies = several(6, () => askAs('pf'));
    authority.signer = signer;
    world.now += 1_000;
    await finish(replies);
    const here = [askAs('pf')];
    authority.signer = device.signer;
    world.now += 1_000;
    await finish(here);
    expect(outcomes([...replies, ...here])).toEqual(several(7, () => 'answered'));
  });
});
