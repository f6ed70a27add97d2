import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const BODY = Buffer.alloc(500, 0x30);

/** The floor: node:http that reads the same POST and answers 500 fixed octets. */
export async function serveFloor(): Promise<void> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/ocsp-response', 'content-length': BODY.length });
      response.end(BODY);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.once('SIGTERM', () => process.exit(0));
  console.log(`ready ${(server.address() as AddressInfo).port}`);
}
