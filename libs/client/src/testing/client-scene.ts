import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import { OcspClient, OcspClientError, type OcspClientOptions, type StatusResult } from '../index.ts';
import { type Craft, craftAnswer } from './craft-answer.ts';
import { createTlsCa, type Playing, PlayingServer } from './playing-server.ts';

interface Cast {
  /** The authority whose certificates are asked about. */
  readonly ca: TestCa;
  readonly leaf: IssuedCertificate;
  readonly responder: IssuedCertificate;
  /** Vouches for server and caller. */
  readonly tlsCa: TestCa;
  readonly caller: IssuedCertificate;
  readonly server: PlayingServer;
}

/** An authority with one certificate and a responder, and a server that plays over mutual TLS. */
export class ClientScene {
  readonly #cast: Cast;
  readonly #opened: OcspClient[] = [];

  private constructor(cast: Cast) {
    this.#cast = cast;
  }

  static async open(): Promise<ClientScene> {
    const [ca, tlsCa] = await Promise.all([createTestCa(), createTlsCa()]);
    const [leaf, responder, caller, server] = await Promise.all([
      ca.issue(),
      ca.issueResponder(),
      tlsCa.issueClient('pf'),
      PlayingServer.start(tlsCa),
    ]);
    return new ClientScene({ ca, leaf, responder, tlsCa, caller, server });
  }

  get ca(): TestCa {
    return this.#cast.ca;
  }

  get leaf(): IssuedCertificate {
    return this.#cast.leaf;
  }

  get responder(): IssuedCertificate {
    return this.#cast.responder;
  }

  get server(): PlayingServer {
    return this.#cast.server;
  }

  get subject() {
    return { certificate: this.leaf.certificatePem, issuer: this.ca.certificatePem };
  }

  /** What the caller calls with. */
  get tls() {
    const { caller, tlsCa } = this.#cast;
    return { certificate: caller.certificatePem, key: caller.keyPem, authorities: tlsCa.certificatePem };
  }

  /** Closed with the scene. */
  client(options: Partial<OcspClientOptions> = {}): OcspClient {
    const client = new OcspClient({ url: `${this.server.url}/ocsp`, tls: this.tls, ...options });
    this.#opened.push(client);
    return client;
  }

  check(options: Partial<OcspClientOptions> = {}): Promise<StatusResult> {
    return this.client(options).checkStatus(this.subject);
  }

  /** An answer as the responder gives it, but for the craft. */
  honest(craft: Craft = {}): Playing {
    return async ({ body }) => ({ body: await craftAnswer(body, this.responder, craft) });
  }

  async close(): Promise<void> {
    for (const client of this.#opened) client.close();
    await this.server.close();
  }
}

/** What a check fails with. */
export async function failureOf(result: Promise<unknown>): Promise<OcspClientError> {
  const error: unknown = await result.then(
    () => 'a result',
    (reason: unknown) => reason,
  );
  if (error instanceof OcspClientError) return error;
  throw new Error('No OcspClientError.', { cause: error });
}
