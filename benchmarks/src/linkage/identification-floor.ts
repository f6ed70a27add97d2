import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { derivePpid, personKeyOf, sectorKeyOf, verifyProof } from '@kakunin/linkage';
import { parseCertificate } from '@kakunin/x509';
import { OPERATOR } from './registry-server.ts';

const MESSAGE = Buffer.alloc(97, 1);
const personKey = personKeyOf(new Uint8Array(32));
const sectorKey = sectorKeyOf(new Uint8Array(32));

/** The floor: HTTP over mutual TLS, one verification by the key of a certificate, one HMAC. No database, no framework. */
export async function serveIdentificationFloor(directory: string): Promise<void> {
  const read = (name: string): Buffer => readFileSync(join(directory, name));
  const tls = {
    cert: read(OPERATOR.certificate),
    key: read(OPERATOR.key),
    requestCert: true,
    rejectUnauthorized: false,
  };
  const server = createServer(tls, async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
    const { certificate, signature } = JSON.parse(text) as Record<'certificate' | 'signature', string>;
    const { publicKey } = parseCertificate(Buffer.from(certificate, 'base64'));
    const proven = verifyProof({ publicKey, message: MESSAGE, signature: Buffer.from(signature, 'base64') });
    const body = JSON.stringify({ ppid: derivePpid(sectorKey, personKey), proven });
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.once('SIGTERM', () => process.exit(0));
  console.log(`ready ${(server.address() as AddressInfo).port}`);
}
