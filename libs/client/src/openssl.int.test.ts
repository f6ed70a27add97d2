import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificateFiles, createOpensslCa, type OpensslCa } from '@kakunin/testing/openssl-ca';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OcspClient } from './index.ts';
import { failureOf } from './testing/client-scene.ts';

/** `openssl ocsp` as the server of an authority that `openssl ca` runs. */
async function startOpenssl({ indexFile, certificateFile }: OpensslCa, responder: CertificateFiles) {
  const signer = ['-rsigner', responder.certificateFile, '-rkey', responder.keyFile, '-nmin', '5'];
  const server = spawn('openssl', ['ocsp', '-port', '0', '-index', indexFile, '-CA', certificateFile, ...signer]);
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    const listen = (data: Buffer) => {
      said += data.toString();
      const [, found] = /ACCEPT .*:(\d+) PID/.exec(said) ?? [];
      if (found) resolve(found);
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    server.on('exit', () => reject(new Error(`openssl ocsp ended: ${said}`)));
  });
  return { server, url: `http://127.0.0.1:${port}/ocsp` };
}

describe.each(['rsa', 'p384'] as const)('an authority with %s keys', (keyType) => {
  let directory: string;
  let server: ChildProcess;
  let client: OcspClient;
  let issuer: Buffer;
  const certificates: Record<string, Buffer> = {};

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kakunin-client-'));
    const ca = await createOpensslCa(join(directory, 'ca'), { keyType });
    for (const name of ['good', 'revoked', 'held']) {
      const { certificateFile } = await ca.issue(name);
      certificates[name] = await readFile(certificateFile);
      if (name !== 'good') await ca.revoke(certificateFile, name === 'held' ? 'certificateHold' : 'keyCompromise');
    }
    const started = await startOpenssl(ca, await ca.issueResponder());
    ({ server } = started);
    issuer = await readFile(ca.certificateFile);
    client = new OcspClient({ url: started.url, server: 'other' });
  });
  afterAll(async () => {
    client.close();
    server.kill();
    await rm(directory, { recursive: true });
  });

  test.each([
    ['good', { status: 'good' }],
    ['revoked', { status: 'revoked', reason: 'keyCompromise' }],
    ['held', { status: 'revoked', reason: 'certificateHold' }],
  ])('%s', async (name, expected) => {
    expect(await client.checkStatus({ certificate: certificates[name]!, issuer })).toMatchObject(expected);
  });
});

test('openssl, signing with a key that is not for it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kakunin-client-'));
  const ca = await createOpensslCa(join(directory, 'ca'));
  const [leaf, responder] = [await ca.issue('leaf'), await ca.issueResponder()];
  // Signed by a certificate that the authority issued for something else.
  const { server, url } = await startOpenssl(ca, leaf);
  const client = new OcspClient({ url, server: 'other' });
  const asked = { certificate: await readFile(responder.certificateFile), issuer: await readFile(ca.certificateFile) };
  expect(await failureOf(client.checkStatus(asked))).toMatchObject({ reason: 'no_ocsp_signing' });
  client.close();
  server.kill();
  await rm(directory, { recursive: true });
});
