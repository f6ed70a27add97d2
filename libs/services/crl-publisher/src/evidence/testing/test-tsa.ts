import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CONFIGURATION = `
[req]
distinguished_name = name
x509_extensions = tsa
prompt = no
[name]
CN = Test TSA
[tsa]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[stamping]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
`;

/** A time-stamping authority: `openssl ts -reply` behind HTTP. */
export class TestTsa {
  readonly certificateFile: string;
  readonly #directory: string;
  readonly #server: Server;

  private constructor(directory: string, server: Server) {
    this.#directory = directory;
    this.#server = server;
    this.certificateFile = join(directory, 'tsa.pem');
  }

  static async start(): Promise<TestTsa> {
    const directory = mkdtempSync(join(tmpdir(), 'kakunin-tsa-'));
    writeFileSync(join(directory, 'tsa.cnf'), CONFIGURATION);
    writeFileSync(join(directory, 'serial'), '01\n');
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'tsa.key'];
    await run('openssl', ['req', '-x509', '-config', 'tsa.cnf', ...key, '-out', 'tsa.pem'], { cwd: directory });
    const server = createServer(async (request, response) => {
      const body: Buffer[] = [];
      for await (const chunk of request) body.push(chunk as Buffer);
      writeFileSync(join(directory, 'query.tsq'), Buffer.concat(body));
      const signer = ['-signer', 'tsa.pem', '-inkey', 'tsa.key', '-config', 'tsa.cnf', '-section', 'stamping'];
      const reply = ['ts', '-reply', '-queryfile', 'query.tsq', ...signer];
      const { stdout } = await run('openssl', reply, { cwd: directory, encoding: 'buffer' });
      response.setHeader('content-type', 'application/timestamp-reply').end(stdout);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TestTsa(directory, server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#directory, { recursive: true });
  }
}
