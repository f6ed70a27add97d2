import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask } from './testing/ask.ts';
import type { Said } from './testing/ask.ts';
import { TestResponder } from './testing/test-responder.ts';

let responder: TestResponder;
let serialNumber: string;

const start = async (): Promise<void> => {
  responder = await TestResponder.start({ KAKUNIN_OCSP_WORKERS: '2' });
  ({ serialNumber } = await responder.issue('asked'));
};
const close = (): Promise<void> => responder.close();

const requestWith = (nonce?: Uint8Array): Uint8Array =>
  encodeOcspRequest({ certIds: [certIdOf(responder.ca.certificate, serialNumber)], ...(nonce && { nonce }) });

/** So many connections that every worker gets some. */
const everybody = (): Promise<readonly Said[]> =>
  Promise.all(Array.from({ length: 64 }, () => ask({ port: responder.plainPort, body: requestWith() })));

const answersOf = (): readonly number[] =>
  responder.pool.figures.map((figures) => figures.answers('cached') + figures.answers('live'));
const restarts = (): number => responder.pool.places.reduce((sum, place) => sum + place.restarts, 0);

describe('two workers', () => {
  beforeAll(start);
  afterAll(close);

  test('share the ports, and their counts are added up', async () => {
    expect(new Set((await everybody()).map(({ said }) => said))).toEqual(new Set(['good']));
    const [one, other] = answersOf() as [number, number];
    expect(Math.min(one, other)).toBeGreaterThan(0);
    expect((await responder.manage('/metrics')).text).toMatch(
      new RegExp(`kakunin_ocsp_requests_total\\{outcome="good",class="signature"\\} ${one + other}$`, 'm'),
    );
  });

  test('a relying party that is registered is known to every worker', async () => {
    await responder.publishParty({ code: 'shop', kind: 'service_provider', platformProvider: 'pf' });
    const path = '/ocsp/shop';
    const all = () =>
      Promise.all(Array.from({ length: 32 }, () => ask({ port: responder.plainPort, body: requestWith(), path })));
    await expect.poll(async () => new Set((await all()).map(({ said }) => said))).toEqual(new Set(['good']));
  });

  test('a TLS session is resumed at any worker', async () => {
    const options = { host: '127.0.0.1', port: responder.mtlsPort, ca: responder.ca.certificatePem };
    const session = await new Promise<Buffer>((resolve, reject) => {
      const socket = connect(options).once('session', (ticket) => {
        socket.destroy();
        resolve(ticket);
      });
      socket.once('error', reject);
    });
    const isReused = (): Promise<boolean> =>
      new Promise((resolve, reject) => {
        const socket = connect({ ...options, session }, () => {
          resolve(socket.isSessionReused());
          socket.destroy();
        });
        socket.once('error', reject);
      });
    const reused = await Promise.all(Array.from({ length: 32 }, isReused));
    expect(reused).toEqual(reused.map(() => true));
  });

  test('a revocation shows in the answers of every worker', async () => {
    expect(new Set((await everybody()).map(({ said }) => said))).toEqual(new Set(['good']));
    await responder.publishStatus(serialNumber, { status: 'revoked', revocationDate: 0, reason: 'keyCompromise' });
    expect(new Set((await everybody()).map(({ said }) => said))).toEqual(new Set(['revoked']));
  });
});

describe('a worker that ends', () => {
  beforeEach(start);
  afterEach(close);

  /** Asks until it is answered, as a client does whose connection broke off. */
  async function askUntilAnswered(body: Uint8Array): Promise<string> {
    for (;;) {
      const answer = await ask({ port: responder.plainPort, body }).catch(() => undefined);
      if (answer) return answer.said;
    }
  }

  test.each<[string, () => Promise<void> | void]>([
    ['is ended from outside', () => responder.pool.places[0]?.crash()],
    ['throws what nobody catches', () => responder.pool.places[0]?.order({ type: 'nonsense' } as never)],
  ])('%s: is replaced, the other goes on, and each request is charged once', async (_, end) => {
    const bodies: Uint8Array[] = [];
    const asking = Array.from({ length: 8 }, async () => {
      while (restarts() === 0 || !responder.pool.health().ok) {
        const body = requestWith(randomBytes(16));
        bodies.push(body);
        expect(await askUntilAnswered(body)).toBe('good');
      }
    });
    await expect.poll(() => bodies.length).toBeGreaterThan(50);
    await end();
    await Promise.all(asking);
    expect(restarts()).toBe(1);
    expect((await responder.manage('/metrics')).text).toMatch(/kakunin_ocsp_worker_restarts_total\{worker="0"\} 1/);
    await responder.isReady();
    const [before] = answersOf() as [number, number];
    await everybody();
    expect(answersOf()[0]).toBeGreaterThan(before);
    await expect.poll(async () => (await responder.usage()).length).toBe(bodies.length + 64);
  });

  test('is missed at /readyz until somebody answers in its place', async () => {
    await responder.pool.places[1]?.crash();
    expect((await responder.manage('/readyz?verbose')).text).toMatch(/\[-\] workers: worker 1: it ended/);
    await responder.isReady();
  });
});

test('while another process has its port, a worker that ended is missed; afterwards it is replaced', async () => {
  responder = await TestResponder.start();
  const { plainPort: port } = responder;
  const health = (): string => responder.pool.health().detail;
  const crashed = responder.pool.places[0]!.crash();
  const blocker = createServer();
  await crashed;
  await new Promise<void>((resolve) => blocker.listen(port, '127.0.0.1', resolve));
  await expect.poll(health).toMatch(/it cannot be replaced: listen EADDRINUSE/);
  expect((await responder.manage('/readyz')).status).toBe(503);
  blocker.close();
  await responder.isReady();
  expect(responder.plainPort).toBe(port);
  ({ serialNumber } = await responder.issue('asked'));
  expect((await ask({ port, body: requestWith() })).said).toBe('good');
  await close();
});

test('closing under load: whoever was answered was counted, and nobody else', async () => {
  await start();
  let answered = 0;
  const asking = Array.from({ length: 16 }, async () => {
    for (;;) {
      const body = requestWith(randomBytes(16));
      const answer = await ask({ port: responder.plainPort, body }).catch(() => undefined);
      if (!answer) return;
      expect(answer.said).toBe('good');
      answered += 1;
    }
  });
  await expect.poll(() => answered).toBeGreaterThan(100);
  await responder.shut();
  await Promise.all(asking);
  expect(await responder.usage()).toHaveLength(answered);
  await close();
});

test.each(['1', '2'])(
  'a port in use is said with the option that chooses another, with %s workers',
  async (workers) => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as AddressInfo;
    const starting = TestResponder.start({ KAKUNIN_OCSP_WORKERS: workers, KAKUNIN_OCSP_PLAIN_PORT: `${port}` });
    await expect(starting).rejects.toThrow(
      `(listener "plain") is in use. Stop what uses it, or choose another port with KAKUNIN_OCSP_PLAIN_PORT`,
    );
    blocker.close();
  },
);
