import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, json } from 'node:stream/consumers';
import { assembleOcspResponse, encodeResponseData, parseOcspRequest, responderIdByKey } from '@kakunin/ocsp';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Revoker } from './revoker.ts';
import { target } from './testing/target.ts';

/** An installation of one process that answers `revoked` to whatever is asked, and takes revocations as told. */
let taking: (serialNumber: string) => number;
const sent: string[] = [];
let ca: TestCa;
let server: Server;
let folder: string;

async function answer(request: IncomingMessage): Promise<Uint8Array> {
  const { ok } = parseOcspRequest(await buffer(request), { maxRequests: 1 });
  const now = Date.now();
  const single = {
    certStatus: { status: 'revoked' as const, revocationTime: now },
    thisUpdate: now,
    nextUpdate: now + 60_000,
  };
  const { key } = ca.credential;
  const tbs = encodeResponseData({
    responderId: responderIdByKey(ca.certificate),
    producedAt: now,
    responses: [{ ...single, certId: ok!.requests[0]!.certId }],
    nonce: ok!.nonce,
  });
  return assembleOcspResponse({ tbs, algorithm: key.algorithm, signature: await key.sign(tbs), certificates: [] });
}

beforeAll(async () => {
  ca = await createTestCa({ keyType: 'p256' });
  server = createServer((request, response) => {
    const answering = async (): Promise<void> => {
      if (request.url === '/ocsp') return void response.end(await answer(request));
      const { serialNumber } = (await json(request)) as { serialNumber: string };
      sent.push(serialNumber);
      response.writeHead(taking(serialNumber), { 'content-type': 'application/json' }).end('{}');
    };
    void answering();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  folder = mkdtempSync(join(tmpdir(), 'kakunin-revoker-'));
  mkdirSync(join(folder, '.kakunin'));
  writeFileSync(join(folder, 'a.pem'), ca.certificatePem);
  const [registryUrl, file] = [`${urlHere()}/registry`, join(folder, 'a.pem')];
  const profile = { registryUrl, caFile: file, clientCertificateFile: file, clientKeyFile: file };
  writeFileSync(join(folder, '.kakunin/cli.json'), JSON.stringify(profile));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const urlHere = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Revokes three certificates, 10, 11 and 12, at a registry that takes them so. */
async function revoked(how: typeof taking): Promise<Revoker> {
  sent.length = 0;
  taking = how;
  const spare = { firstSerial: 0x10, count: 3 };
  const revoker = new Revoker({ ...target, folder, plainOcspUrl: `${urlHere()}/ocsp`, spare });
  await revoker.run(1_000, new AbortController().signal);
  return revoker;
}

test('what is acknowledged is asked about until it is answered', async () => {
  const revoker = await revoked(() => 200);
  expect(sent.toSorted()).toEqual(['10', '11', '12']);
  expect([revoker.acknowledged, revoker.seen].map(({ length }) => length)).toEqual([3, 3]);
  expect(revoker).toMatchObject({ repeated: 0, lost: 0, charged: 3, used: 3 });
});

test('what the registry cannot take now is sent again until it is; its time counts from the first', async () => {
  const refused = new Set<string>();
  const revoker = await revoked((serial) => {
    const isFirst = serial === '11' && !refused.has(serial);
    refused.add(serial);
    return isFirst ? 503 : 200;
  });
  expect(sent.filter((serial) => serial === '11')).toHaveLength(2);
  expect(revoker.repeated).toBe(1);
  expect(revoker.unacknowledged.size).toBe(0);
  expect(revoker.acknowledged.filter(({ delay }) => delay >= 500)).toHaveLength(1);
});

test('what is refused for good is not sent again, and never acknowledged', async () => {
  const revoker = await revoked((serial) => (serial === '12' ? 404 : 200));
  expect(sent).toHaveLength(3);
  expect([...revoker.unacknowledged.values()]).toEqual([1]);
  expect([revoker.acknowledged, revoker.seen].map(({ length }) => length)).toEqual([2, 2]);
});
