import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook, type WebhookVerdict, webhookVerifier } from '@kakunin/webhooks';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { FeedItem } from '../news/feed-event.ts';
import { type NewsUnderTest, startNews } from '../news/testing/news-under-test.ts';
import { until } from '../testing/registry-under-test.ts';
import { WebhookDeliveryStore } from './webhook-delivery.store.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
interface Registered {
  readonly endpoint: { readonly endpointId: string; readonly state: string };
  readonly key: { readonly secret: string; readonly publicKey: string };
}

let news: NewsUnderTest;
let server: Server;
let url: string;
/** What the endpoint answers; it echoes challenges as long as it answers 200. */
let status: number;
const received: Received[] = [];
beforeAll(async () => {
  news = await startNews({ webhookLoopback: 'true' });
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    received.push({ headers: request.headers, body });
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
});
afterAll(async () => {
  await news.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  status = 200;
  await news.database.query('DELETE FROM webhook_endpoint');
  received.length = 0;
});

const register = async (serviceProvider = 'sp-a'): Promise<Registered> =>
  (await news.pf<Registered>('POST', '/webhooks', { serviceProvider, url })).body;
const verified = async (serviceProvider?: string): Promise<Registered> => {
  const registered = await register(serviceProvider);
  await news.pf('POST', `/webhooks/${registered.endpoint.endpointId}/verifications`);
  received.length = 0;
  return registered;
};
const verdictOf = ({ headers, body }: Received, key: string): WebhookVerdict =>
  verifyWebhook({ headers, body, verifiers: [webhookVerifier(key)], now: Date.now() });
const itemIn = ({ body }: Received): FeedItem => JSON.parse(body.toString()) as FeedItem;
/** Makes news for a service provider. */
async function happen(serviceProvider = 'sp-a'): Promise<string> {
  const issued = await news.issue(`holder ${Math.random()}`);
  const ppid = await news.ppidOf(issued, serviceProvider);
  await news.turn('holds', issued);
  return ppid;
}
const deliveries = async () =>
  (await news.database.query<{ state: string; attempts: number }>('SELECT * FROM webhook_delivery ORDER BY sequence'))
    .rows;
/** Lets the next attempt be made now. */
const hurry = () => news.database.query(`UPDATE webhook_delivery SET next_attempt_at = 0 WHERE state = 'waiting'`);

it('sends news to an endpoint that answered its challenge, signed under both of its keys', async () => {
  const { endpoint, key } = await register();
  expect(endpoint.state).toBe('unverified');
  const before = await happen();
  await until(async () =>
    (await news.feedOf('sp-a')).body.items.some(({ event }) => 'ppid' in event && event.ppid === before),
  );
  const answer = await news.pf<{ state: string }>('POST', `/webhooks/${endpoint.endpointId}/verifications`);
  expect(answer).toMatchObject({ status: 200, body: { state: 'active' } });
  expect(received).toHaveLength(1);
  expect(verdictOf(received[0]!, key.secret)).toBe('valid');
  const ppid = await happen();
  await until(async () => received.length === 2);
  expect(verdictOf(received[1]!, key.secret)).toBe('valid');
  expect(verdictOf(received[1]!, key.publicKey)).toBe('valid');
  const { sequence, event } = itemIn(received[1]!);
  expect(event).toMatchObject({ ppid, type: 'certificate_held' });
  const hash = createHash('sha256').update(received[1]!.body).digest('hex').slice(0, 16);
  expect(received[1]!.headers['webhook-id']).toBe(`sp-a_${sequence}_${hash}`);
  expect((await news.feedOf('sp-a', String(sequence - 1))).body.items[0]).toEqual({ sequence, event });
  await until(async () => (await deliveries()).length === 0);
});

it('is not verified by an endpoint that fails, or answers something else', async () => {
  const { endpoint } = await register();
  status = 201;
  const path = `/webhooks/${endpoint.endpointId}/verifications`;
  expect(await news.pf('POST', path)).toMatchObject({ status: 409, body: { code: 'webhook_unverified' } });
  const list = await news.pf<Registered['endpoint'][]>('GET', '/webhooks?serviceProvider=sp-a');
  expect(list.body).toMatchObject([{ endpointId: endpoint.endpointId, state: 'unverified' }]);
});

it('tries again what was not taken, under the same id', async () => {
  await verified();
  status = 500;
  await happen();
  await until(async () => (await deliveries())[0]?.attempts === 1);
  status = 200;
  await hurry();
  await until(async () => received.length === 2 && (await deliveries()).length === 0);
  expect(received[0]!.headers['webhook-id']).toBe(received[1]!.headers['webhook-id']);
});

it('lets no two processes take the same message', async () => {
  await verified();
  status = 503;
  for (let count = 0; count < 3; count += 1) await happen();
  await until(async () => (await deliveries()).filter(({ attempts }) => attempts === 1).length === 3);
  const store = news.registry.service.app.get(WebhookDeliveryStore, { strict: false });
  const later = Date.now() + 3_600_000;
  const claims = await Promise.all(Array.from({ length: 4 }, () => store.claim(later, [])));
  const taken = claims.flat().map(({ item }) => item.sequence);
  expect(taken).toHaveLength(3);
  expect(new Set(taken).size).toBe(3);
  // What comes of a claim that has gone to another counts for nothing.
  const [mine] = claims.flat();
  const delivery = { state: 'delivered', attempts: 2, deliveredAt: later } as const;
  await store.settle({ ...mine!, claimedUntil: mine!.claimedUntil - 1 }, delivery);
  expect(await deliveries()).toHaveLength(3);
  await store.settle(mine!, delivery);
  expect(await deliveries()).toHaveLength(2);
});

it('gives up in the end, keeps the dead letter, and sends it anew when it is told to', async () => {
  const { endpoint } = await verified();
  status = 500;
  await happen();
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    await until(async () => (await deliveries())[0]?.attempts === attempt);
    await hurry();
  }
  const path = `/webhooks/${endpoint.endpointId}`;
  const letters = await news.pf<{ items: object[] }>('GET', `${path}/dead-letters`);
  expect(letters.body.items).toMatchObject([{ attempts: 10, reason: 'exhausted' }]);
  status = 200;
  expect((await news.pf('POST', `${path}/redeliveries`, {})).body).toEqual({ revived: 1 });
  await until(async () => (await deliveries()).length === 0);
});

it('disables an endpoint that is gone, or has taken nothing for days, with all that waits for it', async () => {
  const gone = await verified();
  status = 410;
  await happen();
  const stateOf = async () => {
    const list = await news.pf<object[]>('GET', '/webhooks?serviceProvider=sp-a');
    return list.body[0] as { state: string; disabledBecause?: string };
  };
  await until(async () => (await stateOf()).state === 'disabled');
  expect(await stateOf()).toMatchObject({ disabledBecause: 'gone' });
  await news.pf('POST', `/webhooks/${gone.endpoint.endpointId}/removals`);
  status = 200;
  await verified();
  status = 503;
  await happen();
  await until(async () => (await deliveries())[0]?.attempts === 1);
  await until(async () => 'failingSince' in (await stateOf()));
  await news.database.query('UPDATE webhook_endpoint SET failing_since = failing_since - $1', [6 * 86_400_000]);
  await hurry();
  await until(async () => (await stateOf()).state === 'disabled');
  expect(await stateOf()).toMatchObject({ disabledBecause: 'failing' });
  expect(await deliveries()).toMatchObject([{ state: 'dead', dead_because: 'endpoint_disabled' }]);
});

it('changes its key without losing a message: for a while both sign', async () => {
  const { endpoint, key: old } = await verified();
  const rotate = (overlapHours: number) =>
    news.pf<{ key: Registered['key'] }>('POST', `/webhooks/${endpoint.endpointId}/rotations`, { overlapHours });
  const { key: next } = (await rotate(24)).body;
  await happen();
  await until(async () => received.length === 1);
  for (const key of [old.secret, old.publicKey, next.secret, next.publicKey]) {
    expect(verdictOf(received[0]!, key)).toBe('valid');
  }
  const { key: last } = (await rotate(0)).body;
  await happen();
  await until(async () => received.length === 2);
  expect(verdictOf(received[1]!, last.secret)).toBe('valid');
  for (const key of [old.secret, next.secret]) expect(verdictOf(received[1]!, key)).toBe('wrong_signature');
});

it("is nobody's but the service provider's, and goes nowhere it must not", async () => {
  const { endpoint } = await register();
  const path = `/webhooks/${endpoint.endpointId}`;
  for (const [method, tail] of [
    ['POST', '/verifications'],
    ['POST', '/removals'],
    ['GET', '/dead-letters'],
  ] as const) {
    const answer = await news.otherPf(method, path + tail);
    expect(answer).toMatchObject({ status: 404, body: { code: 'webhook_unknown' } });
    const nowhere = await news.otherPf(method, `/webhooks/00000000-0000-4000-8000-000000000000${tail}`);
    expect(nowhere.body).toEqual(answer.body);
  }
  const forbidden = { serviceProvider: 'sp-a', url: 'https://10.0.0.1/' };
  expect(await news.pf('POST', '/webhooks', forbidden)).toMatchObject({ body: { code: 'webhook_url_refused' } });
  expect(await news.pf('POST', '/webhooks', { serviceProvider: 'sp-x', url })).toMatchObject({ status: 404 });
  for (let count = 1; count < 10; count += 1) await register();
  expect(await news.pf('POST', '/webhooks', { serviceProvider: 'sp-a', url })).toMatchObject({
    body: { code: 'too_many_webhooks' },
  });
});

it('keeps no secret in the open', async () => {
  const { key } = await register();
  const { rows } = await news.database.query<{ secret_sealed: Buffer; private_key_sealed: Buffer }>(
    'SELECT * FROM webhook_key',
  );
  const octets = Buffer.from(key.secret.slice('whsec_'.length), 'base64');
  for (const row of rows) {
    expect(row.secret_sealed.includes(octets) || row.secret_sealed.includes(key.secret)).toBe(false);
    expect(row.private_key_sealed.includes('whsk_')).toBe(false);
  }
});
