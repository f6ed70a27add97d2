import { createTestCa } from '@kakunin/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type BothWaysServer } from './testing/both-ways-server.ts';
import { exchangeOctets } from './testing/raw-client.ts';
import { readExchanges } from './testing/read-exchanges.ts';
import { readResponses } from './testing/read-responses.ts';

const exchanges = readExchanges();
const octetByOctet = (octets: Buffer): Uint8Array[] => Array.from(octets, (octet) => Uint8Array.of(octet));

async function answersOf(
  server: BothWaysServer,
  pieces: readonly Uint8Array[],
  tls?: { ca: string },
): Promise<string[]> {
  const { octets } = await exchangeOctets({ port: server.port, pieces, ...(tls && { tls }) });
  return readResponses(octets).map(({ way, status, body }) => `${way} ${status} ${body}`.trimEnd());
}

describe.each([
  ['answered at once', {}],
  ['answered later', { later: true }],
  ["read by 'data' events", { dataEvents: true }],
])('%s', (_, options) => {
  let server: BothWaysServer;
  beforeAll(async () => {
    server = await startServer(options);
  });
  afterAll(() => server.close());

  test.each(exchanges)('$name', async ({ octets, answers }) => {
    expect(await answersOf(server, [octets])).toEqual(answers);
    expect(await answersOf(server, octetByOctet(octets))).toEqual(answers);
  });
});

describe('over TLS', () => {
  let server: BothWaysServer;
  let tls: { ca: string };
  beforeAll(async () => {
    const ca = await createTestCa();
    const { keyPem, certificatePem } = await ca.issueServer();
    tls = { ca: ca.certificatePem };
    server = await startServer({ later: true, tls: { key: keyPem, cert: certificatePem } });
  });
  afterAll(() => server.close());

  test.each(exchanges)('$name', async ({ octets, answers }) => {
    expect(await answersOf(server, [octets], tls)).toEqual(answers);
    expect(await answersOf(server, octetByOctet(octets), tls)).toEqual(answers);
  });
});

describe('cut in two anywhere', () => {
  let server: BothWaysServer;
  beforeAll(async () => {
    server = await startServer({ later: true });
  });
  afterAll(() => server.close());

  test.each(exchanges)('$name', async ({ octets, answers }) => {
    const cuts = Array.from(octets.subarray(1), (_octet, index) => index + 1);
    const all = await Promise.all(
      cuts.map((cut) => answersOf(server, [octets.subarray(0, cut), octets.subarray(cut)])),
    );
    for (const each of all) expect(each).toEqual(answers);
  });
});
