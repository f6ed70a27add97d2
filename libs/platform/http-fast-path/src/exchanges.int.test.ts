import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type BothWaysServer } from './testing/both-ways-server.ts';
import { exchangeOctets } from './testing/raw-client.ts';
import { readExchanges } from './testing/read-exchanges.ts';
import { readResponses } from './testing/read-responses.ts';

const exchanges = readExchanges();

describe.each([
  ['answered at once', false],
  ['answered later', true],
])('%s', (_, later) => {
  let server: BothWaysServer;
  beforeAll(async () => {
    server = await startServer({ later });
  });
  afterAll(() => server.close());

  const answersTo = async (pieces: readonly Uint8Array[]): Promise<string[]> => {
    const { octets } = await exchangeOctets({ port: server.port, pieces });
    const responses = readResponses(octets);
    return responses.map(({ way, status, body }) => `${way} ${status} ${body}`.trimEnd());
  };

  test.each(exchanges)('$name', async ({ octets, answers }) => {
    expect(await answersTo([octets])).toEqual(answers);
    expect(await answersTo(Array.from(octets, (octet) => Uint8Array.of(octet)))).toEqual(answers);
  });

  test.each(exchanges)('cut in two anywhere: $name', async ({ octets, answers }) => {
    const cuts = Array.from(octets.subarray(1), (_octet, index) => index + 1);
    const all = await Promise.all(cuts.map((cut) => answersTo([octets.subarray(0, cut), octets.subarray(cut)])));
    expect(new Set(all.map((each) => each.join('\n')))).toEqual(new Set(cuts.length > 0 ? [answers.join('\n')] : []));
  });
});
