import { rmSync } from 'node:fs';
import { CERTIFICATE_EVENTS, RELYING_PARTY_EVENTS } from '@kakunin/event-log';
import { certIdOf, encodeOcspRequest, parseOcspResponse } from '@kakunin/ocsp';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { TestResponder, until } from './testing/test-responder.ts';

let responder: TestResponder;
let serialNumber: string;
beforeAll(async () => {
  responder = await TestResponder.start();
  ({ serialNumber } = await responder.issue('asked'));
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => responder.close());

async function ask(): Promise<string> {
  const headers = { 'content-type': 'application/ocsp-request' };
  const body = Buffer.from(encodeOcspRequest({ certIds: [certIdOf(responder.ca.certificate, serialNumber)] }));
  const response = await fetch(`${responder.url}/ocsp/bank`, { method: 'POST', headers, body });
  const parsed = parseOcspResponse(Buffer.from(await response.arrayBuffer()));
  if (parsed.status === 'successful') return parsed.basic.responses[0]?.certStatus.status ?? 'nothing';
  return `${parsed.status} ${response.headers.get('kakunin-error')} ${response.headers.get('retry-after')}`;
}

/** Lets the topic's first events pass, and the others once they are released. */
function holdBack(topic: string, passing: number): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { log } = responder;
  const subscribe = log.subscribe.bind(log);
  vi.spyOn(log, 'subscribe').mockImplementation((input) => {
    if (!input.topics.includes(topic)) return subscribe(input);
    const onBatch: typeof input.onBatch = async ([first, ...others]) => {
      if (Number(first.offset) >= passing) await promise;
      await input.onBatch([first]);
      for (const event of others) await onBatch([event]);
    };
    return subscribe({ ...input, onBatch });
  });
  return resolve;
}

test.each([
  ['the log is away', 'relying parties are read', RELYING_PARTY_EVENTS, 0],
  ['the platform provider is read, and the service provider behind it is not', 'both are', RELYING_PARTY_EVENTS, 1],
  ['no authority is read', 'it is', CERTIFICATE_EVENTS, 0],
  ['the authority is read, and its certificates are not', 'they are', CERTIFICATE_EVENTS, 1],
])('while %s nobody is turned away; when %s he is answered', async (_, __, topic, passing) => {
  await responder.shut();
  rmSync(responder.file('data/status'), { recursive: true });
  const release = holdBack(topic, passing);
  const ready = responder.open();
  await until(async () => (await responder.manage('/readyz').catch(() => undefined)) !== undefined);
  expect(await ask()).toMatch(/^tryLater (not_ready 1|status_data_stale null)$/);
  expect((await responder.manage('/readyz?verbose')).text).toMatch(new RegExp(`\\[-\\] event-log: .*${topic}`));
  release();
  await ready;
  expect(await ask()).toBe('good');
});
