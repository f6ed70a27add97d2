import type { Server } from 'node:http';
import { takeOver } from '@kakunin/http-fast-path';
import type { FastPath } from '@kakunin/http-fast-path';
import { closeServer, createServer, drainServer, IDLE_LIMIT_MS, listen } from '@kakunin/runtime/http-server';
import { fastPathOptions } from './fast-handler.ts';
import type { FastHandlerInput } from './fast-handler.ts';
import { OrdinaryHandler } from './ordinary-handler.ts';
import type { OrdinaryHandlerInput } from './ordinary-handler.ts';
import { RefusedResponses } from './refused-responses.ts';
import type { WorkerListener } from './protocol.ts';

/** A request is a few hundred octets: whoever needs longer for it only holds a connection. */
const REQUEST_LIMIT_MS = 30_000;
/** On closing, requests in hand get this long. */
const DRAIN_LIMIT_MS = 5_000;
/** A session may be resumed at any worker. */
const SESSION_ID_CONTEXT = 'kakunin-ocsp';

interface OpenServer {
  readonly server: Server;
  readonly fastPath: FastPath;
}

/** The servers of one worker: ordinary POSTs go the fast way, everything else through Node's own parser; one engine answers both. */
export class WorkerServers {
  readonly #input: OrdinaryHandlerInput;
  readonly #ordinary: OrdinaryHandler;
  readonly #open: OpenServer[] = [];

  constructor(input: OrdinaryHandlerInput) {
    this.#input = input;
    this.#ordinary = new OrdinaryHandler(input);
  }

  /**
   * @returns ports by listener name
   * @throws an error of the system, with the name of the `listener` that could not be opened
   */
  async open(listeners: readonly WorkerListener[], reusePort: boolean): Promise<Readonly<Record<string, number>>> {
    const ports: Record<string, number> = {};
    for (const { name, host, port, tls } of listeners) {
      const server = this.#serverFor(name, tls);
      try {
        ports[name] = await listen(server, { host, port, reusePort });
      } catch (error) {
        throw Object.assign(error as Error, { listener: name });
      }
    }
    return ports;
  }

  /** Each answer is its connection's last from now on. */
  drain(): void {
    for (const { server, fastPath } of this.#open) {
      drainServer(server);
      fastPath.drain();
    }
  }

  /** Takes no more connections, answers what was asked, and ends. */
  async close(): Promise<void> {
    await Promise.all(
      this.#open.map(({ server, fastPath }) => Promise.all([closeServer(server), fastPath.close(DRAIN_LIMIT_MS)])),
    );
  }

  #serverFor(name: WorkerListener['name'], pem: WorkerListener['tls']): Server {
    const tls = pem && {
      cert: Buffer.from(pem.cert),
      key: Buffer.from(pem.key),
      ticketKeys: Buffer.from(pem.ticketKeys),
      sessionIdContext: SESSION_ID_CONTEXT,
    };
    const server = createServer({ requestLimitMs: REQUEST_LIMIT_MS, tls }, this.#ordinary.listenerFor(name));
    const fastPath = takeOver(server, fastPathOptions(name, this.#fastInput()));
    this.#open.push({ server, fastPath });
    return server;
  }

  #fastInput(): FastHandlerInput {
    const { clock } = this.#input;
    const refusals = new RefusedResponses(clock);
    return { ...this.#input, refusals, requestLimitMs: REQUEST_LIMIT_MS, idleLimitMs: IDLE_LIMIT_MS };
  }
}
