import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';

/** The floor of Node: whatever is asked, one write of one buffer that holds the whole answer. Says `ready <port>`. */
export async function serveFileFloor(file: string): Promise<void> {
  const content = readFileSync(file);
  const head = `HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n`;
  const answer = Buffer.concat([Buffer.from(head), content]);
  const server = createServer((socket) => {
    socket.on('data', () => socket.write(answer)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.once('SIGTERM', () => process.exit(0));
  console.log(`ready ${(server.address() as AddressInfo).port}`);
}
