import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createTestCa } from '@kakunin/testing';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Common name of the client certificate. */
  readonly caller: string | undefined;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Texts and octets are sent as they are, everything else as JSON. */
  readonly body?: unknown;
}

export type Answering = (request: SeenRequest) => FakeAnswer | Promise<FakeAnswer>;

interface PemPair {
  readonly certificate: string;
  readonly key: string;
}

/** An HTTPS server with client certificates that answers what a test tells it to. */
export class FakeService {
  readonly seen: SeenRequest[] = [];
  #answering: Answering = () => ({ status: 404 });

  private constructor(
    /** PEM: what vouches for the server, and two clients. */
    readonly pem: { readonly ca: string; readonly office: PemPair; readonly platformProvider: PemPair },
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  static async start(): Promise<FakeService> {
    const ca = await createTestCa();
    const [own, office, provider] = await Promise.all([
      ca.issueServer(),
      ca.issueClient('office'),
      ca.issueClient('pf'),
    ]);
    const server = createServer({
      key: own.keyPem,
      cert: own.certificatePem,
      ca: ca.certificatePem,
      requestCert: true,
      rejectUnauthorized: false,
    });
    const pair = ({ certificatePem, keyPem }: typeof office) => ({ certificate: certificatePem, key: keyPem });
    const service = new FakeService(
      { ca: ca.certificatePem, office: pair(office), platformProvider: pair(provider) },
      server,
    );
    server.on('request', (request, response) => {
      service.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what it saw, and answers so from now on. */
  answer(answering: Answering): void {
    this.#answering = answering;
    this.seen.length = 0;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    const caller = (request.socket as TLSSocket).getPeerCertificate().subject?.CN?.toString();
    const seen = { method, path, headers, body: Buffer.concat(chunks), caller };
    this.seen.push(seen);
    const { status = 200, headers: extra = {}, body } = await this.#answering(seen);
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    response.writeHead(status, { 'content-type': isRaw ? 'text/plain' : 'application/json', ...extra });
    response.end(isRaw || body === undefined ? body : JSON.stringify(body));
  }
}

/** A shell's files and profile for calling it. */
export const surroundingsOf = (service: FakeService) => ({
  files: {
    'ca.pem': service.pem.ca,
    'office.pem': service.pem.office.certificate,
    'office.key': service.pem.office.key,
    'pf.pem': service.pem.platformProvider.certificate,
    'pf.key': service.pem.platformProvider.key,
  },
  profile: {
    registryUrl: service.url,
    billingUrl: service.url,
    ocspUrl: `${service.url}/ocsp`,
    ocspMtlsUrl: `${service.url}/ocsp`,
    caFile: '../ca.pem',
    clientCertificateFile: '../office.pem',
    clientKeyFile: '../office.key',
    platformProvider: { code: 'pf', certificateFile: '../pf.pem', keyFile: '../pf.key' },
  },
});
